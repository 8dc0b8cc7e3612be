package dev.remap.jobs.cluster;

/**
 * What became of a disturbed run.
 *
 * @param met whether it was disturbed: a run may end before a kill, or not come to a place
 * @param wentThrough whether it ended well all the same
 */
record Ended(boolean met, boolean wentThrough) {}
