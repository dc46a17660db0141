//! A job's progress as text: a bar for each stage on a terminal, now and then a line elsewhere. What to
//! write is given back, since each language has its own way to the error output.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::Progress;

/// How often a terminal is drawn anew.
const FRAME: Duration = Duration::from_millis(100);
/// How often lines are written where there is no terminal.
const PAUSE: Duration = Duration::from_secs(5);
/// Time after which a rate of our own says something.
const SOME_TIME: f64 = 1.0;
/// Widest and narrowest bar.
const BAR: usize = 40;
const SHORT_BAR: usize = 8;

/// Shows how far a job is.
pub struct Bar {
    /// Columns of the terminal, where there is one.
    width: Option<usize>,
    /// In the order in which they came up.
    stages: Vec<Stage>,
    /// Lines on the screen that are ours.
    drawn: usize,
    shown: Option<Instant>,
}

struct Stage {
    progress: Progress,
    begun: Instant,
    /// Units that were done when it came up.
    before: u64,
    last: Instant,
    /// Whether it has changed since it was shown.
    is_news: bool,
}

impl Bar {
    /// For a terminal of so many columns, or for what is none.
    pub fn new(width: Option<usize>) -> Self {
        Bar { width, stages: Vec::new(), drawn: 0, shown: None }
    }

    /// Takes the progress of a job, and gives the text to write now, where there is one.
    pub fn tell(&mut self, progress: &Progress) -> Option<String> {
        self.tell_at(progress, Instant::now())
    }

    fn tell_at(&mut self, progress: &Progress, now: Instant) -> Option<String> {
        match self.stages.iter_mut().find(|stage| stage.progress.stage == progress.stage) {
            Some(stage) => {
                stage.is_news |= stage.progress != *progress;
                stage.progress = progress.clone();
                stage.last = now;
            }
            None => self.stages.push(Stage {
                progress: progress.clone(),
                begun: now,
                before: progress.done,
                last: now,
                is_news: true,
            }),
        }
        let pause = if self.width.is_some() { FRAME } else { PAUSE };
        match self.shown {
            // A log has no use for a line about the first moment.
            None if self.width.is_none() => {
                self.shown = Some(now);
                None
            }
            Some(shown) if now.saturating_duration_since(shown) < pause => None,
            _ => self.show(now),
        }
    }

    /// The text to write when the job is over, however it ended.
    pub fn finish(&mut self) -> Option<String> {
        let text = self.show(Instant::now());
        let text = if self.drawn > 0 { Some(text.unwrap_or_default() + "\n") } else { text };
        self.stages.clear();
        self.drawn = 0;
        text
    }

    fn show(&mut self, now: Instant) -> Option<String> {
        if self.stages.iter().all(|stage| !stage.is_news) {
            return None;
        }
        self.shown = Some(now);
        let mut text = String::new();
        match self.width {
            Some(width) => {
                text.push('\r');
                if self.drawn > 1 {
                    let _ = write!(text, "\x1b[{}A", self.drawn - 1);
                }
                let lines = self.stages.iter().map(|stage| stage.bar(width) + "\x1b[K");
                text.push_str(&lines.collect::<Vec<_>>().join("\n"));
                self.drawn = self.stages.len();
            }
            None => {
                for stage in self.stages.iter().filter(|stage| stage.is_news) {
                    let percent = stage.share().map(|share| format!(" {:.0}%", 100.0 * share));
                    let percent = percent.unwrap_or_default();
                    let _ = writeln!(text, "{}{percent}: {}", stage.progress.stage, stage.figures());
                }
            }
        }
        self.stages.iter_mut().for_each(|stage| stage.is_news = false);
        Some(text)
    }
}

impl Stage {
    /// `read   63% [#########-----] 630,000 of 1,000,000, 41.0 of 65.0 MB, 120,000/s, 0:03 left`
    fn bar(&self, width: usize) -> String {
        let figures = self.figures();
        let line = match self.share() {
            None => format!("{:<6} {figures}", self.progress.stage),
            Some(share) => {
                let room = width.saturating_sub(16 + figures.len()).min(BAR);
                let bar = match room {
                    0..SHORT_BAR => String::new(),
                    _ => {
                        let full = (share * room as f64) as usize;
                        format!("[{}{}] ", "#".repeat(full), "-".repeat(room - full))
                    }
                };
                // Not 100 before all is done.
                let percent = (100.0 * share) as u64;
                format!("{:<6}{percent:>4}% {bar}{figures}", self.progress.stage)
            }
        };
        // A line that fills the last column may be wrapped.
        line.chars().take(width.saturating_sub(1)).collect()
    }

    /// The part that is done, where that is known.
    fn share(&self) -> Option<f64> {
        let Progress { done, total, bytes, total_bytes, .. } = self.progress;
        let (done, total) = match (total, bytes.zip(total_bytes)) {
            (Some(total), _) => (done, total),
            (None, Some(bytes)) => bytes,
            (None, None) => return None,
        };
        Some(if done >= total { 1.0 } else { done as f64 / total as f64 })
    }

    fn figures(&self) -> String {
        let Progress { done, total, bytes, total_bytes, rate, remaining, .. } = self.progress;
        let mut text = grouped(done);
        if let Some(total) = total {
            let _ = write!(text, " of {}", grouped(total));
        }
        match (bytes, total_bytes) {
            (Some(bytes), Some(all)) => {
                let _ = write!(text, ", {} of {}", megabytes(bytes), megabytes(all) + " MB");
            }
            // A small part of a megabyte says nothing.
            (Some(bytes), None) if bytes >= 50_000 => {
                let _ = write!(text, ", {} MB", megabytes(bytes));
            }
            _ => {}
        }
        let elapsed = self.last.saturating_duration_since(self.begun).as_secs_f64();
        let own_rate = || {
            let rate = done.saturating_sub(self.before) as f64 / elapsed.max(SOME_TIME);
            (elapsed >= SOME_TIME && rate > 0.0).then_some(rate)
        };
        let rate = rate.or_else(own_rate);
        if let Some(rate) = rate {
            let rate = if rate < 100.0 { format!("{rate:.1}") } else { grouped(rate as u64) };
            let _ = write!(text, ", {rate}/s");
        }
        let is_over = self.share().is_some_and(|share| share >= 1.0);
        let rest = total.zip(rate).map(|(total, rate)| total.saturating_sub(done) as f64 / rate);
        match remaining.or(rest) {
            Some(seconds) if !is_over => {
                let _ = write!(text, ", {} left", clock(seconds));
            }
            _ if elapsed >= SOME_TIME => {
                let _ = write!(text, ", {}", clock(elapsed));
            }
            _ => {}
        }
        text
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

/// Seconds as `0:07`, `12:34` or `1:02:03`.
fn clock(seconds: f64) -> String {
    let whole = seconds.clamp(0.0, 3.6e8).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half() -> Progress {
        Progress {
            bytes: Some(41_000_000),
            total_bytes: Some(65_000_000),
            rate: Some(120_000.4),
            remaining: Some(3.1),
            ..Progress::of("read", 630_000, Some(1_000_000))
        }
    }

    #[test]
    fn a_terminal_shows_each_stage_in_a_line_of_its_own() {
        let start = Instant::now();
        let mut bar = Bar::new(Some(100));
        let text = bar.tell_at(&half(), start).expect("the first one is drawn at once");
        let figures = "630,000 of 1,000,000, 41.0 of 65.0 MB, 120,000/s, 0:03 left";
        assert_eq!(text, format!("\rread    63% [{}{}] {figures}\x1b[K", "#".repeat(15), "-".repeat(10)));
        assert_eq!(bar.tell_at(&Progress::of("send", 5, None), start), None, "it is not drawn so often");
        let later = start + Duration::from_millis(2_500);
        let text = bar.tell_at(&Progress::of("send", 500, None), later).expect("it is time");
        assert!(text.starts_with("\rread "), "{text:?}");
        assert!(text.ends_with("\x1b[K\nsend   500, 198/s, 0:03\x1b[K"), "{text:?}");
        let later = later + Duration::from_secs(1);
        let text = bar.tell_at(&Progress::of("read", 10, Some(10)), later).expect("it is time");
        assert!(text.starts_with("\r\x1b[1Aread   100% ["), "{text:?}");
        assert_eq!(bar.finish(), Some("\n".to_owned()));
        assert_eq!(bar.finish(), None);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [0, 1, 20, 79, 80, 81, 200] {
            let mut bar = Bar::new(Some(width));
            let text = bar.tell_at(&half(), Instant::now()).expect("a text");
            let line = text.trim_start_matches('\r').trim_end_matches("\x1b[K");
            assert!(line.len() <= width.saturating_sub(1), "{width}: {line}");
            assert_eq!(line.contains('['), width > 90, "{width}: {line}");
        }
    }

    #[test]
    fn elsewhere_there_is_a_line_now_and_then() {
        let start = Instant::now();
        let mut bar = Bar::new(None);
        assert_eq!(bar.tell_at(&Progress::of("read", 1, None), start), None);
        assert_eq!(bar.tell_at(&half(), start + Duration::from_secs(4)), None);
        let text = bar.tell_at(&Progress::of("wait", 1, Some(3)), start + Duration::from_secs(6));
        let read = "read 63%: 630,000 of 1,000,000, 41.0 of 65.0 MB, 120,000/s, 0:03 left";
        assert_eq!(text, Some(format!("{read}\nwait 33%: 1 of 3\n")));
        assert_eq!(bar.tell_at(&Progress::of("wait", 1, Some(3)), start + Duration::from_secs(12)), None);
        let text = bar.tell_at(&Progress::of("wait", 3, Some(3)), start + Duration::from_secs(13));
        assert_eq!(text, Some("wait 100%: 3 of 3, 0.3/s, 0:07\n".to_owned()));
        assert_eq!(bar.finish(), None);
        bar.tell_at(&Progress::of("wait", 1, None), start);
        assert_eq!(bar.finish(), Some("wait: 1\n".to_owned()), "a short job has a line too");
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(grouped), ["0", "999", "1,000", "12,345,678"]);
        assert_eq!(
            [0.0, 59.6, 754.0, 3_723.0, f64::INFINITY].map(clock)[..4],
            ["0:00", "1:00", "12:34", "1:02:03"]
        );
    }
}
