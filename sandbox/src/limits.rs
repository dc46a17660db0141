//! Brevo's rate limits: classes of endpoints, each with calls per second and per hour, counted per
//! account (source: API limits page).

use std::collections::HashMap;
use std::sync::Mutex;

use crate::state::lock;

/// Plan by which the limits are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Tier {
    /// All plans.
    #[default]
    General,
    /// Professional and Enterprise.
    Advanced,
    /// Enterprise with extended limits.
    Extended,
}

/// A class of endpoints.
struct Class {
    name: &'static str,
    /// Calls per second on the three plans; 0 where only the hour counts.
    second: [u64; 3],
    /// Calls per hour on the three plans.
    hour: [u64; 3],
}

const fn class(name: &'static str, second: [u64; 3], hour: [u64; 3]) -> Class {
    Class { name, second, hour }
}

static SEND: Class = class("send", [1_000, 2_000, 6_000], [3_600_000, 7_200_000, 21_600_000]);
static LOG: Class = class("log", [2, 3, 5], [7_200, 10_800, 18_000]);
static SMS: Class = class("sms", [150, 200, 250], [540_000, 720_000, 900_000]);
static EVENTS: Class = class("events", [10, 20, 60], [36_000, 72_000, 216_000]);
static ORDERS: Class = class("orders", [5, 10, 15], [18_000, 36_000, 54_000]);
static PRODUCTS: Class = class("products", [2, 4, 6], [7_200, 14_400, 21_600]);
static CONTACTS: Class = class("contacts", [10, 20, 60], [36_000, 72_000, 216_000]);
static SMTP: Class = class("smtp", [0; 3], [300, 600, 1_800]);
static LOYALTY: Class = class("loyalty", [0; 3], [600, 1_200, 100_000]);
static OTHER: Class = class("other", [0; 3], [100, 200, 600]);

fn class_of(method: &str, path: &str) -> &'static Class {
    match (method, path) {
        ("POST", "/smtp/email") | ("GET", "/smtp/blockedContacts") => &SEND,
        ("GET", "/smtp/emails") => &LOG,
        ("POST", "/transactionalSMS/sms" | "/transactionalSMS/send") => &SMS,
        ("POST", "/events") => &EVENTS,
        ("POST", "/orders/status") => &ORDERS,
        ("POST", "/products") => &PRODUCTS,
        _ if path == "/contacts" || path.starts_with("/contacts/") => &CONTACTS,
        _ if path.starts_with("/smtp/") => &SMTP,
        _ if path.starts_with("/loyalty/") => &LOYALTY,
        _ => &OTHER,
    }
}

/// What the headers of a reply say.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Calls allowed.
    pub limit: u64,
    /// Calls left.
    pub remaining: u64,
    /// Seconds until the count starts again.
    pub reset: u64,
    /// Whether this call is beyond the limit.
    pub exceeded: bool,
}

/// By class and length in seconds: which window it is, and the calls in it.
type Windows = HashMap<(&'static str, u64), (i64, u64)>;

/// Counts the calls.
pub struct Limiter {
    tier: Tier,
    enforce: bool,
    windows: Mutex<Windows>,
}

impl Limiter {
    pub(crate) fn new(tier: Tier, enforce: bool) -> Self {
        Limiter { tier, enforce, windows: Mutex::default() }
    }

    pub(crate) fn reset(&self) {
        lock(&self.windows).clear();
    }

    /// Counts a call, and says how things stand: by the second where the class has such a limit and
    /// the hour still has room, else by the hour.
    pub(crate) fn count(&self, method: &str, path: &str, now: i64) -> Standing {
        let class = class_of(method, path);
        let (second, hour) = (class.second[self.tier as usize], class.hour[self.tier as usize]);
        let mut windows = lock(&self.windows);
        let mut standing = |length: u64, limit: u64| {
            let window = now.div_euclid(length as i64 * 1000);
            let entry = windows.entry((class.name, length)).or_insert((window, 0));
            if entry.0 != window {
                *entry = (window, 0);
            }
            let exceeded = self.enforce && entry.1 >= limit;
            if !exceeded {
                entry.1 += 1;
            }
            let end = (window + 1) * length as i64 * 1000;
            Standing {
                limit,
                remaining: limit.saturating_sub(entry.1),
                reset: ((end - now) as u64).div_ceil(1000).max(1),
                exceeded,
            }
        };
        if second > 0 {
            let by_second = standing(1, second);
            if by_second.exceeded {
                return by_second;
            }
            let by_hour = standing(3600, hour);
            return if by_hour.exceeded { by_hour } else { by_second };
        }
        standing(3600, hour)
    }
}
