//! `recorder LANGUAGE`: serves the conformance cases on a free port, prints its address, and ends when
//! its standard input does.

use std::io::{self, Read as _};

use brevo_tests::{Language, Recorder};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let language = Language::named(&name).ok_or_else(|| io::Error::other("usage: recorder LANGUAGE"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let recorder = Recorder::new(language, &address);
    #[expect(clippy::print_stdout, reason = "the runner reads the address here")]
    {
        println!("{address}");
    }
    tokio::spawn(recorder.serve(listener));
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
