//! TLS: whom to trust, and who we are.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Kind, Result};
use crate::settings::{Settings, setting};

/// What the settings say. Reads the system's certificates, so it is done once for a client.
pub(crate) fn config(settings: &Settings) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let own = match &settings.ca_file {
        Some(path) => certificates("ca_file", path, "holds no readable certificate")?,
        None => Vec::new(),
    };
    let client = match &settings.client_certificate_file {
        Some(path) => Some(identity(path)?),
        None => None,
    };
    let build = || -> Result<ClientConfig, rustls::Error> {
        let verifier = match own.is_empty() {
            true => Verifier::new(provider.clone())?,
            false => Verifier::new_with_extra_roots(own, provider.clone())?,
        };
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        match client {
            Some((certificates, key)) => builder.with_client_auth_cert(certificates, key),
            None => Ok(builder.with_no_client_auth()),
        }
    };
    build().map_err(|error| {
        let message = format!("the TLS settings cannot be used: {error}");
        let advice = if message.contains("No CA certificates") {
            "Install the system's certificates (package ca-certificates), or give `ca_file`."
        } else {
            "Correct `ca_file` and `client_certificate_file`."
        };
        Error::new(Kind::Configuration, message).with_advice(advice).with_source(error)
    })
}

/// For a machine without certificates, which plain http does not need: every https is refused.
pub(crate) fn config_without_trust() -> Result<ClientConfig> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
        .map_err(|error| Error::new(Kind::Configuration, "TLS cannot be used").with_source(error))
}

fn certificates(name: &str, path: &Path, wrong: &str) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_slice_iter(&read(name, path)?).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|error| setting(name, wrong).with_source(error))?;
    if found.is_empty() { Err(setting(name, wrong)) } else { Ok(found) }
}

fn identity(path: &Path) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let (name, wrong) = ("client_certificate_file", "holds no readable certificate with its key");
    let chain = certificates(name, path, wrong)?;
    let key = PrivateKeyDer::from_pem_slice(&read(name, path)?)
        .map_err(|error| setting(name, wrong).with_source(error))?;
    Ok((chain, key))
}

fn read(name: &str, path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|error| setting(name, &format!("{}: {error}", path.display())).with_source(error))
}
