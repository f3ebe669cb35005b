//! Tables with something wrong in them.
