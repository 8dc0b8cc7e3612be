/** One class per job, all with the same life: plan, run, verify, commit. */
package dev.remap.jobs.job;
