/** What all jobs share: their life (plan, run, verify, commit), context, record and console. */
package dev.remap.jobs.run;
