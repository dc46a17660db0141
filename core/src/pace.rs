//! Rate-limit classes, and a clock for each: calls are spaced so that the account's limits hold.
//!
//! Figures: the API limits page of October 2026, plan "General". The real figures of an account are
//! learned from the `x-sib-ratelimit-*` headers of its replies.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::reply::RateLimit;
use crate::schema::{Method, Spec};

/// Operations that share a limit. Limits count per account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Sending transactional e-mail, and reading the blocked contacts.
    Email,
    /// The log of transactional e-mails.
    EmailLog,
    /// Sending transactional SMS.
    Sms,
    /// Single events.
    Events,
    /// Status of one order.
    Orders,
    /// Single products.
    Products,
    /// Contacts, lists, folders, attributes, segments.
    Contacts,
    /// Everything else of transactional e-mail: statistics, templates.
    EmailOther,
    /// Loyalty.
    Loyalty,
    /// Everything else.
    General,
}

impl Class {
    /// Every class.
    pub const ALL: &'static [Class] = &[
        Class::Email,
        Class::EmailLog,
        Class::Sms,
        Class::Events,
        Class::Orders,
        Class::Products,
        Class::Contacts,
        Class::EmailOther,
        Class::Loyalty,
        Class::General,
    ];

    /// Name, in snake_case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Email => "email",
            Class::EmailLog => "email_log",
            Class::Sms => "sms",
            Class::Events => "events",
            Class::Orders => "orders",
            Class::Products => "products",
            Class::Contacts => "contacts",
            Class::EmailOther => "email_other",
            Class::Loyalty => "loyalty",
            Class::General => "general",
        }
    }

    /// Calls allowed, and the seconds in which they are.
    pub const fn limit(self) -> (u32, u32) {
        match self {
            Class::Email => (1_000, 1),
            Class::EmailLog | Class::Products => (2, 1),
            Class::Sms => (150, 1),
            Class::Events | Class::Contacts => (10, 1),
            Class::Orders => (5, 1),
            Class::EmailOther => (300, 3_600),
            Class::Loyalty => (600, 3_600),
            Class::General => (100, 3_600),
        }
    }
}

/// The class of an operation: decided by method and path.
pub fn class_of(spec: &Spec) -> Class {
    match (spec.method, spec.path) {
        (Method::POST, "/smtp/email") | (Method::GET, "/smtp/blockedContacts") => Class::Email,
        (Method::GET, "/smtp/emails") => Class::EmailLog,
        (Method::POST, "/transactionalSMS/sms" | "/transactionalSMS/send") => Class::Sms,
        (Method::POST, "/events") => Class::Events,
        (Method::POST, "/orders/status") => Class::Orders,
        (Method::POST, "/products") => Class::Products,
        (_, path) if path == "/contacts" || path.starts_with("/contacts/") => Class::Contacts,
        (_, path) if path.starts_with("/smtp/") => Class::EmailOther,
        (_, path) if path.starts_with("/loyalty/") => Class::Loyalty,
        _ => Class::General,
    }
}

/// Clocks of all classes.
#[derive(Debug, Default)]
pub(crate) struct Pacer(Mutex<HashMap<Class, Bucket>>);

/// Calls that may be made at once, refilled evenly.
#[derive(Debug)]
struct Bucket {
    size: f64,
    per_second: f64,
    tokens: f64,
    at: Instant,
    closed_until: Option<Instant>,
}

impl Bucket {
    /// The calls that may be made when a new window begins.
    fn refilled(&self) -> f64 {
        (self.tokens + self.size).min(self.size)
    }
}

impl Pacer {
    /// Takes a turn: how long to wait for it. A wait beyond `longest` is the error, and takes none.
    pub(crate) fn reserve(
        &self,
        class: Class,
        now: Instant,
        longest: Duration,
    ) -> Result<Duration, Duration> {
        self.with(class, now, |bucket| {
            let (closed, tokens) = match bucket.closed_until {
                Some(until) => (until.saturating_duration_since(now), bucket.refilled()),
                None => (Duration::ZERO, bucket.tokens),
            };
            let wait = closed + Duration::from_secs_f64((1.0 - tokens).max(0.0) / bucket.per_second);
            if wait > longest {
                return Err(wait);
            }
            bucket.tokens -= 1.0;
            Ok(wait)
        })
    }

    /// How long so many further calls have to wait, as far as it is known.
    pub(crate) fn outlook(&self, class: Class, now: Instant, calls: u64) -> Duration {
        self.with(class, now, |bucket| {
            let (closed, tokens) = match bucket.closed_until {
                Some(until) => (until.saturating_duration_since(now), bucket.refilled()),
                None => (Duration::ZERO, bucket.tokens),
            };
            closed + Duration::from_secs_f64((calls as f64 - tokens).max(0.0) / bucket.per_second)
        })
    }

    /// Learns from the headers of a reply.
    pub(crate) fn learn(&self, class: Class, now: Instant, limit: RateLimit) {
        self.with(class, now, |bucket| {
            let window = f64::from(class.limit().1);
            if let Some(size) = limit.limit.filter(|size| *size > 0).map(|size| size as f64) {
                // Classes with a figure per second have one per hour too; a figure that large is it.
                let window = if window == 1.0 && size >= 3_600.0 { 3_600.0 } else { window };
                if size / window != bucket.per_second || size != bucket.size {
                    bucket.tokens = (bucket.tokens + size - bucket.size).min(size);
                    bucket.size = size;
                    bucket.per_second = size / window;
                }
            }
            match (limit.remaining, limit.reset) {
                (Some(0), Some(reset)) => bucket.closed_until = Some(now + reset),
                (Some(left), _) => bucket.tokens = bucket.tokens.min(left as f64),
                _ => {}
            }
        });
    }

    /// Closes a class after a 429 and gives the time until it opens.
    pub(crate) fn close(&self, class: Class, now: Instant, reset: Option<Duration>) -> Duration {
        // Without the header: the class's own window, a minute at most, since hours are guesswork.
        let wait = reset.unwrap_or_else(|| Duration::from_secs(u64::from(class.limit().1.min(60))));
        self.with(class, now, |bucket| bucket.closed_until = Some(now + wait));
        wait
    }

    fn with<T>(&self, class: Class, now: Instant, act: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(class).or_insert_with(|| {
            let (calls, seconds) = class.limit();
            let size = f64::from(calls);
            Bucket { size, per_second: size / f64::from(seconds), tokens: size, at: now, closed_until: None }
        });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * bucket.per_second).min(bucket.size);
        bucket.at = bucket.at.max(now);
        if bucket.closed_until.take_if(|until| *until <= now).is_some() {
            bucket.tokens = bucket.refilled();
        }
        act(bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_burst_then_even_spacing() {
        let (pacer, now) = (Pacer::default(), Instant::now());
        for _ in 0..10 {
            assert_eq!(pacer.reserve(Class::Contacts, now, LONG), Ok(Duration::ZERO));
        }
        assert_eq!(pacer.reserve(Class::Contacts, now, LONG), Ok(Duration::from_millis(100)));
        assert_eq!(pacer.reserve(Class::Contacts, now, LONG), Ok(Duration::from_millis(200)));
        assert_eq!(pacer.outlook(Class::Contacts, now, 10), Duration::from_millis(1_200));
        assert_eq!(pacer.outlook(Class::General, now, 100), Duration::ZERO);
        assert_eq!(pacer.outlook(Class::General, now, 150), Duration::from_secs(1_800));
        // A wait that is refused takes no turn.
        let short = Duration::from_millis(50);
        assert_eq!(pacer.reserve(Class::Contacts, now, short), Err(Duration::from_millis(300)));
        assert_eq!(pacer.reserve(Class::Contacts, now, LONG), Ok(Duration::from_millis(300)));
        let later = now + Duration::from_secs(2);
        assert_eq!(pacer.reserve(Class::Contacts, later, LONG), Ok(Duration::ZERO));
    }

    #[test]
    fn the_account_s_figures_are_learned() {
        let (pacer, now) = (Pacer::default(), Instant::now());
        let seen = |limit, remaining, reset| RateLimit {
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(Duration::from_secs(reset)),
        };
        pacer.learn(Class::General, now, seen(600, 599, 3_600));
        for _ in 0..599 {
            assert_eq!(pacer.reserve(Class::General, now, LONG), Ok(Duration::ZERO));
        }
        assert_eq!(pacer.reserve(Class::General, now, LONG), Ok(Duration::from_secs(6)));
        pacer.learn(Class::Contacts, now, seen(20, 0, 7));
        assert_eq!(pacer.reserve(Class::Contacts, now, LONG), Ok(Duration::from_secs(7)));
    }

    #[test]
    fn after_the_reset_the_window_is_new() {
        let (pacer, now) = (Pacer::default(), Instant::now());
        let one = RateLimit { limit: Some(1), remaining: Some(0), reset: Some(Duration::from_secs(2)) };
        pacer.reserve(Class::General, now, LONG).expect("a turn");
        pacer.learn(Class::General, now, one);
        assert_eq!(pacer.reserve(Class::General, now, Duration::ZERO), Err(Duration::from_secs(2)));
        let later = now + Duration::from_secs(2);
        assert_eq!(pacer.reserve(Class::General, later, LONG), Ok(Duration::ZERO));
        assert_eq!(pacer.reserve(Class::General, later, Duration::ZERO), Err(Duration::from_secs(3_600)));
    }

    #[test]
    fn a_429_closes_the_class_until_the_reset() {
        let (pacer, now) = (Pacer::default(), Instant::now());
        pacer.close(Class::Sms, now, Some(Duration::from_secs(3)));
        assert_eq!(pacer.reserve(Class::Sms, now, LONG), Ok(Duration::from_secs(3)));
        assert_eq!(pacer.reserve(Class::Email, now, LONG), Ok(Duration::ZERO));
    }

    #[test]
    fn classes_follow_the_limits_page() {
        let class = |id| class_of(crate::names::operation_by_id(id).expect(id));
        assert_eq!(class("transactional_emails.send_transac_email"), Class::Email);
        assert_eq!(class("transactional_emails.get_transac_emails_list"), Class::EmailLog);
        assert_eq!(class("transactional_emails.get_smtp_templates"), Class::EmailOther);
        assert_eq!(class("contacts.create_contact"), Class::Contacts);
        assert_eq!(class("email_campaigns.get_email_campaigns"), Class::General);
        assert_eq!(class("program.get_lp_list"), Class::Loyalty);
    }
}
