package dev.remap.jobs.store.row;

/** What every layered row begins with: enough to tell what a table holds, without its values. */
public record HeaderRow(long key, Change change, String imageId, String version)
    implements LayeredRow {}
