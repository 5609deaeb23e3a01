//! `PlanService` and `OperationService`: a reorganisation of many units, tried, committed and undone as one.

pub mod add_plan_steps;
pub(crate) mod api;
pub mod begin_operation;
pub mod commit_plan;
pub mod copy_plan;
pub mod create_plan;
pub mod dry_run_plan;
pub mod operation;
pub mod operations;
pub mod plans;
pub mod remove_plan_steps;
pub mod replace_plan_step;
pub mod steps;
pub mod undo_plan;
pub(crate) mod wire;
pub mod worker;
