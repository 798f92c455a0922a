//! Many at once: what two writers, twenty repeats, readers beside writers and two workers may not break.
mod feed;
mod jobs;
mod keys;
mod people;
mod records;
mod rules;
mod schedules;
mod teams;
mod together;
mod versions;
mod workers;
