//! Imports a file, from the shell: `cargo run --release --example import -- URL '{"path": ..., "list_ids": [1]}'`.
//! It prints the result, and on Linux the most memory that it took.

#![allow(clippy::print_stdout)]

use brevo_core::jobs::{job, run};
use brevo_core::{Arguments, Client, Error, Kind};

#[tokio::main(flavor = "current_thread")]
async fn main() -> brevo_core::Result<()> {
    let [url, arguments] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| {
        Error::new(Kind::InvalidArgument, "give the base URL, and the arguments of `import_file` as JSON")
    })?;
    // The environment gives the key.
    let client = Client::builder().base_url(url).build()?;
    let job = job("contacts", "import_file").ok_or_else(|| Error::new(Kind::NotFound, "no such job"))?;
    let result = run(&client, job, Arguments::from_json(arguments).values()?, &|_| {}).await?;
    println!("{result}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    Ok(())
}
