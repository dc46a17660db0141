//! `brevo-sandbox serve`: a local Brevo.

use std::path::PathBuf;
use std::process::ExitCode;

use brevo_sandbox::Options;
use brevo_sandbox::limits::Tier;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "brevo-sandbox", version, about = "A faithful local Brevo")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API at /v3 and the pages at /.
    Serve {
        /// Address to listen at.
        #[arg(long, default_value = "127.0.0.1")]
        host: String,
        /// Port to listen at; 0 takes a free one.
        #[arg(long, default_value_t = 9900)]
        port: u16,
        /// SQLite file that keeps the state; `:memory:` forgets it at the end.
        #[arg(long, default_value = ":memory:")]
        data: String,
        /// Decides what simulated recipients do.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Answer 429 beyond Brevo's rate limits.
        #[arg(long)]
        enforce_limits: bool,
        /// Plan by which the limits are counted.
        #[arg(long, value_enum, default_value = "general")]
        plan: Tier,
    },
}

#[allow(clippy::print_stdout)]
#[tokio::main]
async fn main() -> ExitCode {
    let Command::Serve { host, port, data, seed, enforce_limits, plan } = Cli::parse().command;
    let data = (data != ":memory:").then(|| PathBuf::from(data));
    let options = Options { data, seed, enforce_limits, tier: plan };
    let running = match brevo_sandbox::start(options, &host, port).await {
        Ok(running) => running,
        Err(error) => {
            eprintln!("brevo-sandbox: {host}:{port}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let url = running.url();
    println!("API        {url}/v3");
    println!("Dashboard  {url}/");
    println!("API keys   {url}/settings/keys/api");
    println!("           or: curl -s {url}/_sandbox/keys -d '{{\"name\":\"my key\"}}'");
    println!("Then       BREVO_API_URL={url}/v3 BREVO_API_KEY=xkeysib-... (stop with Ctrl-C)");
    wait_for_the_end().await;
    ExitCode::SUCCESS
}

async fn wait_for_the_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
