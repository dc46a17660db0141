//! Export of contacts.
use crate::handler::Handler;
pub(super) fn handler(_operation: &str) -> Option<Handler> {
    None
}
