package dev.remap.jobs.catalogue.tar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The images of a shard that img2dataset wrote; at its end, their number must be the one that the
 * shard's statistics give.
 */
final class Img2DatasetShard implements Iterator<ListedImage> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_STATISTICS = 1 << 20;

  private final TarShard images;
  private final ListedImage tar;
  private long expected;

  Img2DatasetShard(TarShard images, ListedImage tar) {
    this.images = images;
    this.tar = tar;
  }

  /** The tar file, if both it and its statistics are there. */
  static ListedImage requireTar(ListedImage tar, ListedImage statistics) {
    if (tar == null) {
      throw new InputException(
          "%s has no .tar beside it: bring it back, or delete the statistics and metadata of the"
              + " shard too",
          statistics.imageId());
    }
    if (statistics == null) {
      throw new InputException(
          "Shard %s has no statistics (_stats.json) beside it: it is still being downloaded, or"
              + " comes from another program (then use --format webdataset)",
          tar.imageId());
    }
    return tar;
  }

  Img2DatasetShard expecting(ListedImage statistics, Configuration conf) {
    expected = successes(statistics, conf);
    return this;
  }

  private static long successes(ListedImage statistics, Configuration conf) {
    if (statistics.bytes() > MAX_STATISTICS) {
      throw new InputException(
          "%s has %d bytes; statistics have at most %d",
          statistics.imageId(), statistics.bytes(), MAX_STATISTICS);
    }
    Path path = new Path(statistics.uri());
    try (FSDataInputStream in = PlainFiles.open(path, conf)) {
      JsonNode successes = JSON.readTree(in.readNBytes(MAX_STATISTICS)).path("successes");
      if (!successes.isIntegralNumber()) {
        throw new InputException("%s does not say how many successes", statistics.imageId());
      }
      return successes.longValue();
    } catch (IOException e) {
      throw new InputException(
          "%s cannot be read: %s", statistics.imageId(), InputException.reason(e));
    }
  }

  @Override
  public boolean hasNext() {
    boolean more = images.hasNext();
    if (!more && images.images() != expected) {
      throw new InputException(
          "Shard %s has %d images, but its statistics count %d successes: download it again (or add"
              + " the ending of its images to catalogue.extensions)",
          tar.imageId(), images.images(), expected);
    }
    return more;
  }

  @Override
  public ListedImage next() {
    return images.next();
  }
}
