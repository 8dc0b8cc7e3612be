package dev.remap.jobs.catalogue;

import java.io.Serializable;

/**
 * One image of a catalogue.
 *
 * @param imageId what the catalogue calls it: unique, the path below the root for a folder
 * @param uri where its bytes are, as text of a Hadoop path
 * @param version changes whenever the bytes do: an entity tag, or size and modification time
 * @param bytes size of the file, or -1 where the catalogue does not say
 */
public record ListedImage(String imageId, String uri, String version, long bytes)
    implements Serializable {}
