/** Units of work as Spark tasks: tries, pauses, progress, files and natives on executors. */
package dev.remap.jobs.spark;
