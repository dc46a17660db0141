//! Tasks of the CRM.

use macro_rules_attribute::apply;

use super::shared::{CreatedKey, Sort};
use crate::schema::DateTime;

resource! {
    "Tasks of the CRM.",
    GetAllTasks,
    CreateATask,
    GetATask,
    DeleteATask,
    UpdateATask,
    GetAllTaskTypes,
}

/// Lists the tasks of the CRM.
///
/// The reply has no total: the last page is the one that comes back short. `date_from` and
/// `date_to` apply when `filter_date` is `range`.
#[apply(operation!)]
#[http(GET "/crm/tasks" -> 200 GetCrmTasksResponse)]
#[errors(400)]
#[page(Offset, "items")]
pub struct GetAllTasks {
    /// Keeps only the tasks of this type, by type identifier.
    #[serde(rename = "filter[type]")]
    pub filter_type: Option<String>,
    /// Keeps only the done or the open tasks.
    #[serde(rename = "filter[status]")]
    pub filter_status: Option<GetCrmTasksRequestFilterStatus>,
    /// Keeps only the tasks due in this period.
    #[serde(rename = "filter[date]")]
    pub filter_date: Option<GetCrmTasksRequestFilterDate>,
    /// Keeps only the tasks of this user, by identifier or e-mail address.
    #[serde(rename = "filter[assignTo]")]
    pub filter_assign_to: Option<String>,
    /// Keeps only the tasks linked to these contact identifiers.
    #[serde(rename = "filter[contacts]")]
    pub filter_contacts: Option<String>,
    /// Keeps only the tasks linked to these deal identifiers.
    #[serde(rename = "filter[deals]")]
    pub filter_deals: Option<String>,
    /// Keeps only the tasks linked to these company identifiers.
    #[serde(rename = "filter[companies]")]
    pub filter_companies: Option<String>,
    /// Start of the period, in milliseconds since the Unix epoch; with `filter_date` as `range`.
    pub date_from: Option<i64>,
    /// End of the period, in milliseconds since the Unix epoch; with `filter_date` as `range`.
    pub date_to: Option<i64>,
    /// Number of entries to skip.
    pub offset: Option<i64>,
    /// Page size; 50 by default, no maximum is documented.
    #[api(default = 50)]
    pub limit: Option<i64>,
    /// Order of the list; newest first (`desc`) when absent.
    pub sort: Option<Sort>,
    /// Name of the field to sort by.
    pub sort_by: Option<String>,
}

/// Creates a task.
///
/// The type identifier comes from `get_all_task_types`.
#[apply(operation!)]
#[http(POST "/crm/tasks" -> 201 CreatedKey)]
#[errors(400)]
pub struct CreateATask {
    /// User who gets the task, by identifier or account e-mail address.
    pub assign_to_id: Option<String>,
    /// Identifiers of the linked companies.
    pub companies_ids: Option<Vec<String>>,
    /// Identifiers of the linked contacts.
    pub contacts_ids: Option<Vec<i64>>,
    /// Time at which the task is due.
    pub date: DateTime,
    /// Identifiers of the linked deals.
    pub deals_ids: Option<Vec<String>>,
    /// Whether the task is done.
    pub done: Option<bool>,
    /// Duration of the task in milliseconds; at least 0.
    #[api(min = 0)]
    pub duration: Option<i64>,
    /// Name of the task.
    pub name: String,
    /// Notes on the task.
    pub notes: Option<String>,
    /// When and how to remind the user of the task.
    pub reminder: Option<TaskReminder>,
    /// Identifier of the task type, such as call, e-mail or meeting.
    pub task_type_id: String,
}

/// Fetches one task.
#[apply(operation!)]
#[http(GET "/crm/tasks/{id}" -> 200 Task)]
#[errors(400, 404)]
pub struct GetATask {
    /// Identifier of the task.
    pub id: String,
}

/// Deletes a task.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/crm/tasks/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteATask {
    /// Identifier of the task.
    pub id: String,
}

/// Changes a task.
///
/// Only the given fields change. An empty reply means success.
#[apply(operation!)]
#[http(PATCH "/crm/tasks/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateATask {
    /// Identifier of the task.
    pub id: String,
    /// User who gets the task, by identifier or account e-mail address.
    pub assign_to_id: Option<String>,
    /// Identifiers of the linked companies.
    pub companies_ids: Option<Vec<String>>,
    /// Identifiers of the linked contacts.
    pub contacts_ids: Option<Vec<i64>>,
    /// New time at which the task is due.
    pub date: Option<DateTime>,
    /// Identifiers of the linked deals.
    pub deals_ids: Option<Vec<String>>,
    /// Whether the task is done.
    pub done: Option<bool>,
    /// Duration of the task in milliseconds.
    pub duration: Option<i64>,
    /// New name of the task.
    pub name: Option<String>,
    /// Notes on the task.
    pub notes: Option<String>,
    /// When and how to remind the user of the task.
    pub reminder: Option<TaskReminder>,
    /// Identifier of the task type, such as call, e-mail or meeting.
    pub task_type_id: Option<String>,
}

/// Lists the task types of the account.
///
/// The reply is a bare array and is not paged.
#[apply(operation!)]
#[http(GET "/crm/tasktypes" -> 200 Vec<GetCrmTasktypesResponseItem>)]
#[errors(400)]
#[page(Single, "")]
pub struct GetAllTaskTypes {}

/// Period in which a task is due, seen from today.
#[apply(open_enum!)]
pub enum GetCrmTasksRequestFilterDate {
    Overdue = "overdue",
    Today = "today",
    Tomorrow = "tomorrow",
    Week = "week",
    Range = "range",
}

/// Whether a task is done.
#[apply(open_enum!)]
pub enum GetCrmTasksRequestFilterStatus {
    Done = "done",
    Undone = "undone",
}

/// One page of tasks.
#[apply(model!)]
pub struct GetCrmTasksResponse {
    /// The tasks of this page.
    pub items: Option<Vec<Task>>,
}

/// A type of task.
#[apply(model!)]
pub struct GetCrmTasktypesResponseItem {
    /// Identifier of the task type.
    pub id: Option<String>,
    /// Title of the task type.
    pub title: Option<String>,
}

/// A task of the CRM.
#[apply(model!)]
pub struct Task {
    /// Identifier of the task.
    pub id: Option<String>,
    /// Identifier of the task type.
    pub task_type_id: Option<String>,
    /// Name of the task.
    pub name: Option<String>,
    /// Identifiers of the linked companies.
    pub companies_ids: Option<Vec<String>>,
    /// Identifiers of the linked deals.
    pub deals_ids: Option<Vec<String>>,
    /// Identifiers of the linked contacts.
    pub contacts_ids: Option<Vec<i64>>,
    /// Identifier of the user who has the task.
    pub assign_to_id: Option<String>,
    /// Time at which the task is due.
    pub date: Option<DateTime>,
    /// Notes on the task.
    pub notes: Option<String>,
    /// Whether the task is done.
    pub done: Option<bool>,
    /// Creation time.
    pub created_at: Option<DateTime>,
    /// Time of the last change.
    pub updated_at: Option<DateTime>,
}

/// When and how a user is reminded of a task.
#[apply(model!)]
pub struct TaskReminder {
    /// Channels of the reminder.
    pub types: Vec<TaskReminderTypesItem>,
    /// Unit that `value` is counted in.
    pub unit: TaskReminderUnit,
    /// How many units before the due time the reminder comes.
    pub value: i64,
}

/// Channel of a task reminder.
#[apply(open_enum!)]
pub enum TaskReminderTypesItem {
    Email = "email",
    Push = "push",
}

/// Unit of the lead time of a task reminder.
#[apply(open_enum!)]
pub enum TaskReminderUnit {
    Minutes = "minutes",
    Hours = "hours",
    Weeks = "weeks",
    Days = "days",
}
