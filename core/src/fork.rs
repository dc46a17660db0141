//! Forks: a child must leave alone what its parent's threads may have locked or drive.

use forkguard::Guard;

/// The process that something belongs to.
#[derive(Debug, Clone)]
pub struct Process(Guard);

impl Process {
    /// This process.
    pub fn this() -> Self {
        Process(forkguard::new())
    }

    /// Whether it is this process, and not one from which this one was forked. Asks for the count of
    /// forks, not the system.
    pub fn is_this(&self) -> bool {
        !self.0.clone().detected_fork()
    }
}
