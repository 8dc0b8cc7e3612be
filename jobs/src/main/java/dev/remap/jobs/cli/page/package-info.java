/** What a release has for its commands outside of them: manual pages and the shell's completion. */
package dev.remap.jobs.cli.page;
