/** The settings that a store keeps, so that later commands need not be given them again. */
package dev.remap.jobs.store.settings;
