package dev.remap.jobs.report;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Resize;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.imageio.ImageIO;

/** Small pictures of a snapshot's images, each read once, where the command runs. */
final class Thumbnails {
  /** The longer side, in pixels. */
  static final int SIDE = 160;

  /** After so many that storage did not give, the others are not asked for. */
  private static final int MOST_FAILURES = 3;

  /** Nor after so many that took longer than this, or a tenth of the time that they may take. */
  private static final int MOST_SLOW = 10;

  private static final Duration SLOW = Duration.ofSeconds(2);

  private final JobContext context;
  private final Table<SnapshotRow> images;
  private final ImageLimits limits;
  private final Map<Long, Thumbnail> made = new HashMap<>();
  private final Duration patience;
  private int failures;
  private int slow;

  /**
   * One picture.
   *
   * @param uri {@code data:image/jpeg;base64,…}; empty where there is none
   * @param why there is none; empty where there is one
   */
  record Thumbnail(String uri, String why) {
    boolean isThere() {
      return !uri.isEmpty();
    }
  }

  Thumbnails(JobContext context, int snapshot) {
    this.context = context;
    this.images = new Snapshots(context.store()).table(snapshot);
    this.patience = context.settings().duration("image.read-timeout");
    this.limits =
        new ImageLimits(
            context.settings().bytes("image.max-bytes"),
            context.settings().count("image.max-pixels"));
  }

  /** The picture of an image; why there is none, if it cannot be read any more. */
  Thumbnail of(long key) {
    return made.computeIfAbsent(key, wanted -> make(() -> read(wanted)));
  }

  /** The picture of a file that is not of the catalogue. */
  Thumbnail ofFile(String uri) {
    return make(
        () -> picture(new CatalogueImage(uri, uri, "", limits.maxBytes(), context.hadoop())));
  }

  private Thumbnail make(Callable<Thumbnail> read) {
    if (failures >= MOST_FAILURES) {
      return new Thumbnail("", "not tried, as others could not be read");
    }
    if (slow >= MOST_SLOW) {
      return new Thumbnail("", "not tried, as others took long");
    }
    long start = System.nanoTime();
    try {
      return made(read);
    } finally {
      long most = Math.max(SLOW.toNanos(), patience.toNanos() / 10);
      slow += System.nanoTime() - start > most ? 1 : 0;
    }
  }

  private Thumbnail made(Callable<Thumbnail> read) {
    FutureTask<Thumbnail> reading = new FutureTask<>(read);
    Thread thread = new Thread(reading, "remap-thumbnail");
    thread.setDaemon(true);
    thread.start();
    try {
      return reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // What hangs in a request is left to itself.
      reading.cancel(true);
      failures++;
      return new Thumbnail("", "not read within " + patience.toSeconds() + " s");
    } catch (ExecutionException e) {
      failures += e.getCause() instanceof ImageException ? 0 : 1;
      return new Thumbnail("", "cannot be read: " + e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Thumbnail("", "interrupted");
    }
  }

  private Thumbnail read(long key) throws IOException, ImageException {
    try (TableReader<SnapshotRow> rows = images.read(new KeyRange(key, key), Verification.LENGTH)) {
      return rows.hasNext()
          ? picture(image(rows.next()))
          : new Thumbnail("", "not in the snapshot");
    }
  }

  private Thumbnail picture(CatalogueImage image) throws IOException, ImageException {
    return new Thumbnail(uri(small(image.read())), "");
  }

  private CatalogueImage image(SnapshotRow row) {
    return new CatalogueImage(
        row.imageId(),
        row.uri(),
        row.version(),
        ByteRange.of(row.offset(), row.length()),
        limits.maxBytes(),
        context.hadoop());
  }

  private RgbImage small(byte[] bytes) throws ImageException {
    RgbImage image = new ImageDecoder(limits).decode(bytes, new ImageShape(SIDE, SIDE));
    double share = Math.min(1, (double) SIDE / image.shape().longSide());
    return Resize.to(
        image, new ImageShape(side(image.width(), share), side(image.height(), share)));
  }

  private static int side(int pixels, double share) {
    return Math.max(1, (int) Math.round(pixels * share));
  }

  private static String uri(RgbImage image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] pixels = image.pixels();
    for (int i = 0; i < image.width() * image.height(); i++) {
      int rgb =
          (pixels[3 * i] & 0xff) << 16
              | (pixels[3 * i + 1] & 0xff) << 8
              | (pixels[3 * i + 2] & 0xff);
      picture.setRGB(i % image.width(), i / image.width(), rgb);
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "jpeg", jpeg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg.toByteArray());
  }
}
