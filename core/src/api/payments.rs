//! Payment requests.

use macro_rules_attribute::apply;

resource! {
    "Payment requests.",
    CreatePaymentRequest,
    GetPaymentRequest,
    DeletePaymentRequest,
}

/// Creates a payment request for a contact and returns the address of its payment page.
///
/// Set `notification` to have the contact told by e-mail. An account without Brevo Payments, or not
/// yet validated, gets 403. Do not repeat the call blindly after a lost reply, as it has no
/// protection against duplicates.
#[apply(operation!)]
#[http(POST "/payments/requests" -> 201 CreatePaymentRequestResponse)]
#[errors(400, 401, 403)]
pub struct CreatePaymentRequest {
    /// Amount to pay and its currency.
    pub cart: Cart,
    /// Settings of the payment page.
    pub configuration: Option<Configuration>,
    /// Identifier of the contact who is asked to pay.
    pub contact_id: i64,
    /// Description of the payment request.
    pub description: Option<String>,
    /// How the contact is notified of the payment request.
    pub notification: Option<Notification>,
    /// Reference of the payment request, shown on the payment page.
    pub reference: String,
}

/// Returns a payment request with its status.
///
/// An unknown identifier gives 404.
#[apply(operation!)]
#[http(GET "/payments/requests/{id}" -> 200 GetPaymentRequestResponse)]
#[errors(400, 401, 403, 404)]
pub struct GetPaymentRequest {
    /// Identifier of the payment request.
    pub id: String,
}

/// Deletes a payment request, so that it can no longer be opened or paid.
///
/// A success has no body. The identifier is a UUID here, while the creation types it as a number in
/// its reply (sources disagree).
#[apply(operation!)]
#[http(DELETE "/payments/requests/{id}" -> 204 ())]
#[errors(401, 403, 404)]
pub struct DeletePaymentRequest {
    /// Identifier of the payment request, a UUID according to the description.
    #[api(format = "uuid")]
    pub id: String,
}

/// Amount of a payment request.
#[apply(model!)]
pub struct Cart {
    /// Currency code; `EUR` is the only one.
    #[api(default = "EUR")]
    pub currency: String,
    /// Amount to pay in cents, so 1200 stands for 12 euros.
    pub specific_amount: i64,
}

/// Settings of the payment page of a payment request.
#[apply(model!)]
pub struct Configuration {
    /// Absolute address to which the payer is led after the payment.
    #[api(format = "url")]
    pub custom_success_url: String,
}

/// A newly created payment request.
#[apply(model!)]
pub struct CreatePaymentRequestResponse {
    /// Identifier of the payment request; the other calls take it as text.
    pub id: Option<i64>,
    /// Address of the public payment page.
    pub url: Option<String>,
}

/// A payment request with its status.
#[apply(model!)]
pub struct GetPaymentRequestResponse {
    /// Amount to pay and its currency.
    pub cart: Option<Cart>,
    /// Settings of the payment page.
    pub configuration: Option<Configuration>,
    /// Identifier of the contact who is asked to pay.
    pub contact_id: Option<i64>,
    /// How the contact is notified.
    pub notification: Option<Notification>,
    /// Number of reminders sent so far.
    pub number_of_reminders_sent: Option<i64>,
    /// Reference of the payment request, shown on the payment page.
    pub reference: Option<String>,
    /// Progress of the payment request.
    pub status: Option<GetPaymentRequestResponseStatus>,
}

/// Progress of a payment request, from its creation to the payment.
#[apply(open_enum!)]
pub enum GetPaymentRequestResponseStatus {
    Created = "created",
    Sent = "sent",
    ReminderSent = "reminderSent",
    Paid = "paid",
}

/// How the contact is told of a payment request.
#[apply(model!)]
pub struct Notification {
    /// Channel of the notification; `email` is the only one.
    #[api(default = "email")]
    pub channel: String,
    /// Text added to the notification, to explain the request to the contact.
    pub text: String,
}
