/** What nothing needs any more: found, and removed after a grace. */
package dev.remap.jobs.upkeep.gc;
