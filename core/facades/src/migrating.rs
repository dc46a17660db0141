//! `docs/migrating/names-*.md`: every method of the official SDKs beside the operation that replaces it. The methods
//! and their requests are what `tests/peers/names` read in the SDKs' packages; method and path of the request tell
//! the operation.

use std::collections::BTreeMap;

use brevo_core::api::RESOURCES;
use serde_json::Value;

use crate::MARKER;
use crate::table::{Call, calls};

/// A package of Brevo's.
struct Sdk {
    /// As its users name it.
    package: String,
    version: String,
    methods: Vec<Method>,
}

struct Method {
    /// As its users write it, such as `ContactsApi.get_contacts`.
    name: String,
    verb: String,
    path: String,
    /// Title in Brevo's documentation, where the package has it.
    title: String,
}

/// The packages of one kind, whose methods stand in one table.
struct Kind {
    file: &'static str,
    title: &'static str,
    about: &'static str,
    language: Language,
    sdks: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Python,
    Node,
}

const KINDS: &[Kind] = &[
    Kind {
        file: "names-python.md",
        title: "Names: Python, brevo-python 4 and 5",
        about: "Methods of `brevo.Brevo` and `brevo.AsyncBrevo`.",
        language: Language::Python,
        sdks: &[include_str!("../../../tests/peers/names/python-brevo.json")],
    },
    Kind {
        file: "names-python-old.md",
        title: "Names: Python, sib-api-v3-sdk and brevo-python 1",
        about: "Methods of the `...Api` classes. Each has a twin `..._with_http_info`; here that is `.raw`.",
        language: Language::Python,
        sdks: &[
            include_str!("../../../tests/peers/names/python-sib-api-v3-sdk.json"),
            include_str!("../../../tests/peers/names/python-brevo-1.json"),
        ],
    },
    Kind {
        file: "names-node.md",
        title: "Names: Node, @getbrevo/brevo 4 to 6",
        about: "Methods of `BrevoClient`.",
        language: Language::Node,
        sdks: &[include_str!("../../../tests/peers/names/node-brevo.json")],
    },
    Kind {
        file: "names-node-old.md",
        title: "Names: Node, the older packages",
        about: "Methods of the `...Api` classes of `@getbrevo/brevo` 1 to 3, `sib-api-v3-typescript` and \
                `sib-api-v3-sdk`.",
        language: Language::Node,
        sdks: &[
            include_str!("../../../tests/peers/names/node-sib-api-v3-sdk.json"),
            include_str!("../../../tests/peers/names/node-sib-api-v3-typescript.json"),
            include_str!("../../../tests/peers/names/node-brevo-1.json"),
            include_str!("../../../tests/peers/names/node-brevo-2.json"),
            include_str!("../../../tests/peers/names/node-brevo-3.json"),
        ],
    },
];

/// Requests that the API does not have any more, and what comes nearest to them.
const GONE: &[(&str, &str, &str)] = &[
    ("POST", "/reseller/children", "master_account.create_a_new_sub_account_under_a_master_account"),
    (
        "GET",
        "/reseller/children",
        "master_account.get_the_list_of_all_the_sub_accounts_of_the_master_account",
    ),
    ("GET", "/reseller/children/{}", "master_account.get_sub_account_details"),
    ("DELETE", "/reseller/children/{}", "master_account.delete_a_sub_account"),
    ("PUT", "/reseller/children/{}", ""),
    ("PUT", "/reseller/children/{}/accountStatus", "master_account.enable_disable_sub_account_application_s"),
    ("GET", "/reseller/children/{}/accountCreationStatus", "master_account.get_sub_account_details"),
    ("GET", "/reseller/children/{}/auth", "master_account.generate_sso_token_to_access_sub_account"),
    ("POST", "/reseller/children/{}/credits/add", "master_account.update_sub_account_plan"),
    ("POST", "/reseller/children/{}/credits/remove", "master_account.update_sub_account_plan"),
    ("POST", "/reseller/children/{}/ips/associate", "master_account.associate_an_ip_to_sub_accounts"),
    ("POST", "/reseller/children/{}/ips/dissociate", "master_account.dissociate_an_ip_to_sub_accounts"),
    ("GET", "/reseller/children/{}/domains", ""),
    ("POST", "/reseller/children/{}/domains", ""),
    ("PUT", "/reseller/children/{}/domains/{}", ""),
    ("DELETE", "/reseller/children/{}/domains/{}", ""),
    ("POST", "/smtp/templates/{}/send", "transactional_emails.send_transac_email"),
    ("POST", "/whatsppCampaigns/template", "whats_app_campaigns.create_whats_app_template"),
];

/// Every page, by its file name below `docs/migrating`.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    KINDS.iter().map(|kind| (kind.file, kind.page())).collect()
}

impl Kind {
    fn page(&self) -> String {
        let sdks: Vec<Sdk> = self.sdks.iter().map(|text| Sdk::read(text)).collect();
        // Of each group (resource or class), its methods; of each method, its request and packages.
        let mut groups: BTreeMap<&str, BTreeMap<&Method, Vec<usize>>> = BTreeMap::new();
        for (number, sdk) in sdks.iter().enumerate() {
            for method in &sdk.methods {
                let group = method.name.split('.').next().unwrap_or_default();
                groups.entry(group).or_default().entry(method).or_default().push(number);
            }
        }
        let read: Vec<_> = sdks
            .iter()
            .map(|sdk| format!("`{}` {} ({} methods)", sdk.package, sdk.version, sdk.methods.len()))
            .collect();
        let mut out = format!(
            "<!-- {MARKER} -->\n# {}\n\n{} Read in the packages themselves: {}. CI reads them again; what is said \
             here holds for these versions.\n\n\
             Where a request is gone from the API, the operation that comes nearest is named. Parameters have the \
             API's own names; the page of the operation lists them.\n",
            self.title,
            self.about,
            read.join(", "),
        );
        for (group, methods) in groups {
            let several = sdks.len() > 1;
            out +=
                &format!("\n## {group}\n\n| Theirs | Ours | {}\n", if several { "In |" } else { "" }.trim());
            out += if several { "|---|---|---|\n" } else { "|---|---|\n" };
            for (method, found_in) in methods {
                let ours = self.ours(method);
                let theirs = method.name.split_once('.').map_or("", |(_, name)| name);
                out += &format!("| `{theirs}` | {ours} |");
                if several {
                    let packages: Vec<_> = found_in.iter().map(|number| sdks[*number].short()).collect();
                    let all = packages.len() == sdks.len();
                    out += &format!(" {} |", if all { "all".to_owned() } else { packages.join(", ") });
                }
                out.push('\n');
            }
        }
        out
    }

    /// Link to what replaces a method.
    fn ours(&self, method: &Method) -> String {
        if let Some(call) = replacement(method) {
            return self.link(&call);
        }
        let path = bare(&method.path);
        let (_, _, nearest) =
            GONE.iter().find(|(verb, gone, _)| *verb == method.verb && *gone == path).unwrap_or_else(|| {
                panic!("{} {} is no operation and not known to be gone", method.verb, method.path)
            });
        if nearest.is_empty() {
            return "gone from the API".to_owned();
        }
        let call = every_call().find(|call| call.id() == *nearest).expect("GONE names operations");
        format!("gone from the API; nearest: {}", self.link(&call))
    }

    fn link(&self, call: &Call) -> String {
        let name = if self.language == Language::Python { call.id() } else { call.camel() };
        format!("[`{name}`](../reference/{}.md#{})", call.resource, call.name)
    }
}

impl Sdk {
    fn read(text: &str) -> Self {
        let json: Value = serde_json::from_str(text).expect("tests/peers/names/names.py writes JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let method = |entry: &Value| Method {
            name: text(&entry[0]),
            verb: text(&entry[1]),
            path: text(&entry[2]),
            title: text(&entry[3]),
        };
        Sdk {
            package: text(&json["package"]),
            version: text(&json["version"]),
            methods: json["methods"].as_array().into_iter().flatten().map(method).collect(),
        }
    }

    /// Package and major version, as short as can be.
    fn short(&self) -> String {
        let name = self.package.trim_start_matches("@getbrevo/").trim_start_matches("sib-api-v3-");
        let name = if name == "sdk" { "sib" } else { name };
        format!("{name} {}", self.version.split('.').next().unwrap_or_default())
    }
}

// Methods of several packages are the same where name and request are.
impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Method {}

impl PartialOrd for Method {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Method {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |method: &Self| (method.name.clone(), method.verb.clone(), bare(&method.path));
        key(self).cmp(&key(other))
    }
}

/// The operation that makes a method's request. A constant of our path may be a parameter of theirs.
fn replacement(method: &Method) -> Option<Call> {
    let fits = |ours: &str, loosely: bool| {
        let (ours, theirs) = (bare(ours), bare(&method.path));
        let (ours, theirs): (Vec<_>, Vec<_>) = (ours.split('/').collect(), theirs.split('/').collect());
        let same = |(ours, theirs): (&&str, &&str)| ours == theirs || (loosely && *theirs == "{}");
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
    };
    let find = |loosely: bool| {
        every_call().find(|call| {
            call.spec.is_some_and(|spec| spec.method.as_str() == method.verb && fits(spec.path, loosely))
        })
    };
    find(false).or_else(|| find(true))
}

fn every_call() -> impl Iterator<Item = Call> {
    RESOURCES.iter().flat_map(|resource| calls(resource))
}

/// A path without the names of its parameters.
fn bare(path: &str) -> String {
    let mut out = String::new();
    for (i, piece) in path.split('{').enumerate() {
        match piece.split_once('}') {
            Some((_, rest)) if i > 0 => out += &format!("{{}}{rest}"),
            _ => out += piece,
        }
    }
    out
}

/// How others name each operation: by its id, the title in Brevo's documentation and the methods of older SDKs.
pub(crate) fn other_names() -> BTreeMap<String, OtherNames> {
    let mut names: BTreeMap<String, OtherNames> = BTreeMap::new();
    for kind in KINDS {
        for sdk in kind.sdks.iter().map(|text| Sdk::read(text)) {
            for method in sdk.methods {
                let Some(call) = replacement(&method) else { continue };
                let entry = names.entry(call.id()).or_default();
                if !method.title.is_empty() {
                    entry.title = method.title.clone();
                }
                let is_ours = method.name == call.id() || method.name == call.camel();
                if !is_ours && !entry.methods.contains(&method.name) {
                    entry.methods.push(method.name);
                }
            }
        }
    }
    names
}

/// How others name an operation.
#[derive(Default)]
pub(crate) struct OtherNames {
    /// Title in Brevo's documentation; empty where it is not known.
    pub(crate) title: String,
    /// Methods of the official SDKs that are not called as ours.
    pub(crate) methods: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pages panic at a request that is neither an operation nor known to be gone.
    #[test]
    fn every_method_has_its_place() {
        for (file, page) in pages() {
            assert!(page.lines().filter(|line| line.starts_with("| `")).count() > 100, "{file}");
        }
    }

    #[test]
    fn what_is_gone_is_no_operation() {
        for (verb, path, _) in GONE {
            let method = Method {
                name: String::new(),
                verb: (*verb).into(),
                path: (*path).into(),
                title: String::new(),
            };
            assert!(replacement(&method).is_none(), "{verb} {path}");
        }
    }

    #[test]
    fn constants_of_ours_may_be_parameters_of_theirs() {
        let method = |path: &str| Method {
            name: String::new(),
            verb: "POST".into(),
            path: path.into(),
            title: String::new(),
        };
        let name = |path: &str| replacement(&method(path)).map(|call| call.name);
        assert_eq!(name("/products/{id}/alerts/{type}"), Some("create_product_alert"));
        assert_eq!(name("/contacts/lists/{x}/contacts/add"), Some("add_contact_to_list"));
        assert_eq!(name("/contacts/{x}/nothing"), None);
    }
}
