/** The shards of a generation as fewer, larger Faiss files, for those who serve these. */
package dev.remap.jobs.upkeep.merge;
