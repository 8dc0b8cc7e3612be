/** What stages have in common that make tables of a generation. */
package dev.remap.jobs.stage;
