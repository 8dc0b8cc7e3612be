/** Options that several commands have, and the settings and context that come of them. */
package dev.remap.jobs.cli.option;
