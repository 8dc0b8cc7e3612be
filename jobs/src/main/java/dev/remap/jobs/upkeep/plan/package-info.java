/** What a night would do and take, before it runs, and how wrong the last plan was. */
package dev.remap.jobs.upkeep.plan;
