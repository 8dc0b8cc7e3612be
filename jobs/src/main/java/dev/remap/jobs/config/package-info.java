/** The settings: documented defaults, a file, and single values laid over each other. */
package dev.remap.jobs.config;
