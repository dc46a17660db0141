//! Wallet passes.

use macro_rules_attribute::apply;

resource! {
    "Wallet passes.",
    GetWalletPassInstallUrl,
}

/// Makes the address from which a contact installs a wallet pass.
///
/// The page offers the pass for Apple Wallet and Google Wallet. The address carries pass, contact
/// and organization as an encrypted token and belongs to this contact alone (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/wallet/passes/{passId}/installUrl/{contactId}" -> 200 WalletPassInstallUrl)]
#[errors(400, 401, 403, 404, 422, 500)]
pub struct GetWalletPassInstallUrl {
    /// Identifier of the wallet pass.
    pub pass_id: String,
    /// Identifier of the contact for whom the address is made.
    pub contact_id: i64,
}

/// Address from which a contact installs a wallet pass.
#[apply(model!)]
pub struct WalletPassInstallUrl {
    /// Address of the installation page, to be shared by e-mail, SMS or QR code.
    pub url: Option<String>,
}
