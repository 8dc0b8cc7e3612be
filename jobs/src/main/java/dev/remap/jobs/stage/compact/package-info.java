/** Many layers of a table written as one. */
package dev.remap.jobs.stage.compact;
