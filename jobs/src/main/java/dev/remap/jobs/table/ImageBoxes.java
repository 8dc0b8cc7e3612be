package dev.remap.jobs.table;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.ImageSource;
import dev.remap.core.image.ImageException;
import dev.remap.core.region.Boxes;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The boxes of some images, of the table that an extractor carries: what a task needs of it. The
 * table is read once, whose digest the store checks; in memory are the boxes of those images, 20
 * bytes each, and one row group.
 */
public final class ImageBoxes {
  /** Boxes that stand for regions. */
  public static final String USED = "boxes";

  /** Boxes without a part in the image, or with a value that is no number. */
  public static final String DROPPED = "boxes-dropped";

  /** Images without a box, whose whole is the one region. */
  public static final String WITHOUT = "without-boxes";

  private final Map<String, Boxes> byImage = new HashMap<>();
  private final Counts counts = new Counts();

  private ImageBoxes() {}

  /**
   * Reads the boxes of those images; none if the extractor has no table.
   *
   * @param artifact the extractor's
   */
  public static Optional<ImageBoxes> of(
      Store store, ArtifactManifest artifact, ExtractorSpec spec, Set<String> images) {
    return spec.boxes().map(table -> new ImageBoxes().read(store, artifact, images));
  }

  private ImageBoxes read(Store store, ArtifactManifest artifact, Set<String> images) {
    Map<String, Boxes.Builder> builders = new HashMap<>();
    long[] dropped = {0};
    try (BoxFile file =
        BoxFile.open(LocalCache.fetch(store, artifact.file(ExtractorFiles.BOXES)))) {
      file.forEach(
          (id, box, score) -> {
            if (id == null || !images.contains(id)) {
              return;
            }
            Boxes.Builder builder = builders.computeIfAbsent(id, none -> new Boxes.Builder());
            dropped[0] += add(builder, id, box, score) ? 0 : 1;
          });
    }
    long used = 0;
    for (Map.Entry<String, Boxes.Builder> image : builders.entrySet()) {
      used += image.getValue().size();
      if (image.getValue().size() > 0) {
        byImage.put(image.getKey(), image.getValue().build());
      }
    }
    counts
        .add(USED, used)
        .add(DROPPED, dropped[0])
        .add(WITHOUT, (long) images.size() - byImage.size());
    return this;
  }

  private static boolean add(Boxes.Builder builder, String id, double[] box, double score) {
    try {
      return builder.add(box[0], box[1], box[2], box[3], score);
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: image %s: %s", BoxFile.SETTING, id, e.getMessage());
    }
  }

  /** What was found, by {@link #USED}, {@link #DROPPED} and {@link #WITHOUT}. */
  public Counts counts() {
    return counts;
  }

  /** That image with its boxes. */
  public ImageSource with(ImageSource image) {
    return new Boxed(image, Optional.ofNullable(byImage.get(image.imageId())));
  }

  private record Boxed(ImageSource image, Optional<Boxes> boxes) implements ImageSource {
    @Override
    public String imageId() {
      return image.imageId();
    }

    @Override
    public byte[] read() throws IOException, ImageException {
      return image.read();
    }
  }
}
