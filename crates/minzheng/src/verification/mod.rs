//! Checking what a household has (家庭经济状况核对).

pub mod evidence;
