package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.store.layer.KeyPartitioner;
import java.util.stream.Stream;

/**
 * What each stage of a night works on.
 *
 * @param first whether nothing is live yet, and all is trained
 * @param listed images of the catalogue
 * @param before images of the snapshot before
 * @param snapshot rows that the next one gets
 * @param extract images that are tried
 * @param imageBytes of these; negative if the catalogue does not say
 * @param project rows that get vectors
 * @param compact rows that are written again, by table
 * @param shape of the index afterwards
 */
record Workload(
    boolean first,
    long listed,
    long before,
    Part snapshot,
    Part extract,
    long imageBytes,
    Part project,
    Compaction compact,
    IndexShape shape) {

  /** Rows, and the units that they are cut into. */
  record Part(long rows, long units) {
    static final Part NONE = new Part(0, 0);

    static Part of(long rows, long perUnit) {
      return new Part(rows, KeyPartitioner.units(rows, perUnit));
    }
  }

  /** Rows that compactions write again. */
  record Compaction(Part snapshots, Part descriptors, Part vectors) {
    static final Compaction NONE = new Compaction(Part.NONE, Part.NONE, Part.NONE);

    Part total() {
      return new Part(
          snapshots.rows + descriptors.rows + vectors.rows,
          snapshots.units + descriptors.units + vectors.units);
    }

    /** How many tables are written again. */
    long tables() {
      return Stream.of(snapshots, descriptors, vectors).filter(part -> part.rows > 0).count();
    }
  }
}
