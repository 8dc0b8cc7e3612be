/** The commands: options in, one job run, one exit status out. */
package dev.remap.jobs.cli;
