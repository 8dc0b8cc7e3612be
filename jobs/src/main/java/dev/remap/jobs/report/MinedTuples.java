package dev.remap.jobs.report;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.table.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a training mined in its last epoch, as rows of pictures.
 *
 * @param weights that came of it
 * @param count of all tuples
 * @param tuples the first of them
 */
record MinedTuples(String weights, int count, List<Tuple> tuples) {
  private static final int SHOWN = 10;

  /** An image that is learnt from. */
  record Image(String imageId, Thumbnails.Thumbnail picture) {}

  /**
   * What one step learns from.
   *
   * @param positive of the query's group
   * @param negatives of other groups, the hardest first
   */
  record Tuple(Image query, Image positive, List<Image> negatives) {}

  MinedTuples {
    tuples = List.copyOf(tuples);
  }

  /**
   * Those that lie beside trained weights.
   *
   * @param thumbnails of the live snapshot, as that of the training may be garbage by now
   */
  static MinedTuples of(Store store, ArtifactManifest weights, Thumbnails thumbnails) {
    Keys keys = new Keys(KeyHash.SHA_256, KeyExceptions.load(store));
    SortedMap<Integer, List<Image>> shown = new TreeMap<>();
    int count = 0;
    try (SegmentReader<MinedRow> rows =
        SegmentReader.open(store, weights.file(Weights.MINED), RowFormat.mined())) {
      while (rows.hasNext()) {
        MinedRow row = rows.next();
        count = row.tuple() + 1;
        if (count <= SHOWN) {
          shown
              .computeIfAbsent(row.tuple(), tuple -> new ArrayList<>())
              .add(new Image(row.imageId(), thumbnails.of(keys.key(row.imageId()))));
        }
      }
    }
    List<Tuple> tuples = shown.values().stream().map(MinedTuples::tuple).toList();
    return new MinedTuples(weights.id(), count, tuples);
  }

  /** The images of a tuple as they stand in the file. */
  private static Tuple tuple(List<Image> images) {
    return new Tuple(images.get(0), images.get(1), images.subList(2, images.size()));
  }
}
