//! `TrainingService`: courses, and who attended them.

pub(crate) mod api;
pub mod courses;
pub mod hold_training_course;
pub(crate) mod wire;
