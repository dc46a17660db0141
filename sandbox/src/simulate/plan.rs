//! What simulated recipients do with a mail: pure functions of the seed, the mailing and the
//! address, so that the same run gives the same figures.

/// Numbers that look random and are decided by a seed and some texts.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one purpose; the texts say which.
    pub fn new(seed: u64, purpose: &[&str]) -> Self {
        let mut state = seed ^ 0xcbf2_9ce4_8422_2325;
        for text in purpose {
            // The byte 255 is in no text, so that ["ab", "c"] and ["a", "bc"] differ.
            for byte in text.bytes().chain([255]) {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        Dice(state)
    }

    /// The next 64 bits (splitmix64).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in so many of 100 cases.
    pub fn percent(&mut self, percent: f64) -> bool {
        self.unit() * 100.0 < percent
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[(self.unit() * from.len() as f64) as usize]
    }
}

/// With what somebody reads mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// `desktop`, `mobile`, `tablet` or `unknown`, as in `statsByDevice`.
    pub device: &'static str,
    /// Operating system.
    pub system: &'static str,
    /// Browser or mail program.
    pub browser: &'static str,
}

const PROGRAMS: [Program; 10] = [
    Program { device: "desktop", system: "Windows", browser: "Chrome" },
    Program { device: "desktop", system: "Windows", browser: "Outlook" },
    Program { device: "desktop", system: "Windows", browser: "Firefox" },
    Program { device: "desktop", system: "Mac OS", browser: "Safari" },
    Program { device: "desktop", system: "Linux", browser: "Firefox" },
    Program { device: "mobile", system: "Android", browser: "Gmail" },
    Program { device: "mobile", system: "Android", browser: "Chrome" },
    Program { device: "mobile", system: "iOS", browser: "Safari" },
    Program { device: "tablet", system: "iPad", browser: "Safari" },
    Program { device: "unknown", system: "Unknown", browser: "Unknown" },
];

/// Something that will happen to a mail. Kinds are named as in `GET /smtp/statistics/events`, and
/// `mirror` for a click on the link to the browser version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What happens.
    pub kind: &'static str,
    /// Milliseconds after sending.
    pub after: i64,
    /// Whether it is the first of its kind for this mail.
    pub first: bool,
    /// Which link is clicked.
    pub link: Option<usize>,
    /// What the receiving server says.
    pub reason: Option<&'static str>,
}

/// All that will happen to one mail, in order of time.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whether a proxy of the mail provider loads the images, so that openings are hidden.
    pub proxied: bool,
    /// Address from which the reader opens and clicks.
    pub ip: String,
    /// With what the reader opens and clicks.
    pub program: Program,
    /// What happens.
    pub events: Vec<Planned>,
}

/// What a recipient is told to do by the tag of an address (`ada+click@example.com`), so that tests
/// need no luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    HardBounce,
    SoftBounce,
    Deferred,
    Silent,
    Open,
    Click,
    Unsubscribe,
    Spam,
    Proxy,
}

fn wish(email: &str) -> Option<Wish> {
    let (local, domain) = email.rsplit_once('@')?;
    if domain.to_ascii_lowercase().ends_with(".invalid") {
        return Some(Wish::HardBounce);
    }
    let (_, tag) = local.rsplit_once('+')?;
    Some(match tag.to_ascii_lowercase().as_str() {
        "hardbounce" => Wish::HardBounce,
        "softbounce" => Wish::SoftBounce,
        "deferred" => Wish::Deferred,
        "silent" => Wish::Silent,
        "open" => Wish::Open,
        "click" => Wish::Click,
        "unsubscribe" => Wish::Unsubscribe,
        "spam" => Wish::Spam,
        "proxy" => Wish::Proxy,
        _ => return None,
    })
}

const HARD: [&str; 3] = [
    "550 5.1.1 The email account that you tried to reach does not exist",
    "550 5.1.10 Recipient not found",
    "554 5.4.14 Domain not found",
];
const SOFT: [&str; 3] = [
    "452 4.2.2 The recipient's inbox is full",
    "421 4.7.0 Try again later, closing connection",
    "451 4.3.0 Temporary failure, please try again",
];

/// How often recipients do something, in percent: of a campaign, or of transactional mail.
struct Habits {
    hard: f64,
    soft: f64,
    deferred: f64,
    proxied: f64,
    open: f64,
    click: f64,
    unsubscribe: f64,
    spam: f64,
}

const CAMPAIGN: Habits = Habits {
    hard: 1.0,
    soft: 2.0,
    deferred: 3.0,
    proxied: 25.0,
    open: 45.0,
    click: 30.0,
    unsubscribe: 2.5,
    spam: 0.4,
};
const TRANSACTIONAL: Habits = Habits {
    hard: 0.8,
    soft: 1.2,
    deferred: 2.0,
    proxied: 20.0,
    open: 65.0,
    click: 35.0,
    unsubscribe: 0.5,
    spam: 0.1,
};

/// Decides what happens to one mail. `mailing` names the campaign or the message, `links` is the
/// number of links in the mail.
pub fn plan(seed: u64, mailing: &str, email: &str, links: usize, campaign: bool, mirror: bool) -> Plan {
    let dice = &mut Dice::new(seed, &[mailing, email]);
    let habits = if campaign { &CAMPAIGN } else { &TRANSACTIONAL };
    let wish = wish(email);
    let does = |dice: &mut Dice, percent: f64, on: &[Wish]| {
        // The dice fall in any case, so that a wish moves nothing else.
        let luck = dice.percent(percent);
        wish.map_or(luck, |wish| on.contains(&wish))
    };
    let hard = does(dice, habits.hard, &[Wish::HardBounce]);
    let soft = does(dice, habits.soft, &[Wish::SoftBounce]);
    let deferred = does(dice, habits.deferred, &[Wish::Deferred]);
    let proxied = does(dice, habits.proxied, &[Wish::Proxy]);
    let opens = does(dice, habits.open, &[Wish::Open, Wish::Click, Wish::Unsubscribe, Wish::Spam]);
    let clicks = does(dice, habits.click, &[Wish::Click]) && links > 0;
    let unsubscribes = does(dice, habits.unsubscribe, &[Wish::Unsubscribe]);
    let complains = does(dice, habits.spam, &[Wish::Spam]);

    let host = dice.between(1, 254);
    let ip = format!("{}.{host}", dice.pick(&["192.0.2", "198.51.100", "203.0.113"]));
    let program = *dice.pick(&PROGRAMS);
    let arrives = dice.between(200, 1500);
    let mut out = Plan { proxied, ip, program, events: Vec::new() };
    let events = &mut out.events;

    if hard || soft {
        let reason = *dice.pick(if hard { &HARD } else { &SOFT });
        add(events, if hard { "hardBounces" } else { "softBounces" }, arrives, true).reason = Some(reason);
        return out;
    }
    if deferred {
        add(events, "deferred", arrives, true).reason = Some(*dice.pick(&SOFT));
    }
    let arrives = arrives + if deferred { 400 } else { 0 };
    add(events, "delivered", arrives, true);
    if proxied {
        add(events, "loadedByProxy", arrives + dice.between(300, 90_000), true);
    } else if opens {
        // From some seconds to two days, half of it within a quarter of an hour.
        let mut at = arrives + (3_000.0 * 57_600f64.powf(dice.unit())) as i64;
        add(events, "opened", at, true);
        for _ in 0..*dice.pick(&[0, 0, 0, 0, 1, 1, 2]) {
            at += dice.between(60_000, 6 * 3_600_000);
            add(events, "opened", at, false);
        }
        if clicks {
            for turn in 0..*dice.pick(&[1, 1, 1, 2, 3]) {
                at += dice.between(1_000, 120_000);
                add(events, "clicks", at, turn == 0).link = Some(dice.between(0, links as i64 - 1) as usize);
            }
        }
        if mirror && dice.percent(3.0) {
            add(events, "mirror", at + dice.between(1_000, 30_000), true);
        }
        if unsubscribes {
            add(events, "unsubscribed", at + dice.between(40_000, 60_000), true);
        } else if complains {
            add(events, "spam", at + dice.between(40_000, 60_000), true);
        }
    }
    out.events.sort_by_key(|event| event.after);
    out
}

fn add<'a>(events: &'a mut Vec<Planned>, kind: &'static str, after: i64, first: bool) -> &'a mut Planned {
    events.push(Planned { kind, after, first, link: None, reason: None });
    let last = events.len() - 1;
    &mut events[last]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(email: &str) -> Vec<&'static str> {
        plan(1, "campaign 1", email, 2, true, false).events.iter().map(|event| event.kind).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_and_another_differs() {
        let all = |seed| {
            (0..200)
                .map(|i| plan(seed, "campaign 1", &format!("p{i}@example.com"), 3, true, true).events)
                .collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn a_tag_decides() {
        assert_eq!(kinds("a+hardbounce@example.com"), ["hardBounces"]);
        assert_eq!(kinds("a+softbounce@example.com"), ["softBounces"]);
        assert_eq!(kinds("a@nowhere.invalid"), ["hardBounces"]);
        assert_eq!(kinds("a+silent@example.com"), ["delivered"]);
        assert_eq!(kinds("a+deferred@example.com"), ["deferred", "delivered"]);
        assert_eq!(kinds("a+proxy@example.com"), ["delivered", "loadedByProxy"]);
        assert!(kinds("a+click@example.com").contains(&"clicks"));
        assert_eq!(kinds("a+unsubscribe@example.com").last(), Some(&"unsubscribed"));
        assert_eq!(kinds("a+spam@example.com").last(), Some(&"spam"));
    }

    #[test]
    fn every_mail_arrives_or_bounces_and_the_rest_follows() {
        let (mut opened, mut clicked, mut bounced) = (0, 0, 0);
        for i in 0..4_000 {
            let plan = plan(7, "campaign 9", &format!("person{i}@mail.example"), 4, true, true);
            let count = |kind| plan.events.iter().filter(|event| event.kind == kind).count();
            let bounces = count("hardBounces") + count("softBounces");
            assert_eq!(count("delivered") + bounces, 1);
            assert!(plan.events.iter().all(|event| event.kind != "clicks" || event.link < Some(4)));
            assert!(count("clicks") == 0 || count("opened") > 0);
            assert!(count("opened") == 0 || !plan.proxied);
            assert!(plan.events.windows(2).all(|pair| pair[0].after <= pair[1].after));
            for kind in ["opened", "clicks"] {
                let first = plan.events.iter().find(|event| event.kind == kind);
                assert!(first.is_none_or(|event| event.first));
            }
            opened += usize::from(count("opened") > 0);
            clicked += usize::from(count("clicks") > 0);
            bounced += bounces;
        }
        assert!((1_100..1_500).contains(&opened), "{opened}");
        assert!((300..500).contains(&clicked), "{clicked}");
        assert!((70..180).contains(&bounced), "{bounced}");
    }
}
