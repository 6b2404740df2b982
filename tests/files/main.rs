//! Serving files, over memory and over sockets: what a client gets from a directory.

mod tree;

mod conditions;
mod confinement;
mod directories;
mod faults;
mod https;
mod listing;
mod python;
mod ranges;
mod representations;
mod serve;
mod serve_options;
mod serve_safety;
mod sockets;
