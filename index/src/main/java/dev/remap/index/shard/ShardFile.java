package dev.remap.index.shard;

import java.nio.file.Path;

/**
 * A written shard, as its manifest names it.
 *
 * @param bytes length of the file
 * @param sha256 of the file
 * @param entries in it
 * @param modelFingerprint of the quantizer that built it
 */
public record ShardFile(
    Path path, long bytes, String sha256, long entries, String modelFingerprint) {}
