/** What runs leave about themselves: when they ran, how they ended, that they are alive. */
package dev.remap.jobs.store.run;
