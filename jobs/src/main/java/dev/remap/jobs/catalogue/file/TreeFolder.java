package dev.remap.jobs.catalogue.file;

import java.io.Serializable;

/**
 * A folder of a tree that is being listed.
 *
 * @param place where it is: text of a Hadoop path; of a local one, the path percent-encoded
 * @param name the text of its path below the root, with a slash behind it; empty for the root
 * @param real of a local one: where it is when all links are followed, percent-encoded
 */
record TreeFolder(String place, String name, String real) implements Serializable {}
