//! `recorder`: serves the conformance cases on a free port, prints its address, and ends when its
//! standard input does.

use std::io::Read as _;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    #[expect(clippy::print_stdout, reason = "the runner reads the address here")]
    {
        println!("http://{address}");
    }
    tokio::spawn(brevo_tests::serve(listener, brevo_tests::cases()));
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
