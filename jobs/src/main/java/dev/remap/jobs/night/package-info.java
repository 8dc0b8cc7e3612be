/** All stages in order, as every night runs them. */
package dev.remap.jobs.night;
