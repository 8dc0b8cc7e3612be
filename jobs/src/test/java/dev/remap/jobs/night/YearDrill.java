package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.remap.jobs.run.CountingFileSystem;
import dev.remap.jobs.store.keys.KeyHash;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A year of nights on a catalogue of tiny pictures and a network of nine channels: what a night
 * costs must not grow with the number of nights. At the end the shards must be those of a store
 * made from nothing. Run by {@code bin/year-drill}, not by {@code bin/test}.
 */
class YearDrill {
  private static final int NIGHTS = Integer.getInteger("drill.nights", 365);
  private static final int IMAGES = Integer.getInteger("drill.images", 20_000);
  private static final long SEED = Long.getLong("drill.seed", 1);
  private static final int FOLDERS = 100;
  private static final int MONTH = 30;
  private static final PrintStream OUT = System.out;

  private final Random random = new Random(SEED);
  private final List<Path> images = new ArrayList<>();
  private Path catalogue;
  private int named;

  /** What a number of nights have cost. */
  private static final class Cost {
    private int nights;
    private long objects;
    private long bytes;
    private long listings;
    private long statuses;
    private long opened;
    private double seconds;
    private double cpu;

    void add(Cost other) {
      nights += other.nights;
      objects += other.objects;
      bytes += other.bytes;
      listings += other.listings;
      statuses += other.statuses;
      opened += other.opened;
      seconds += other.seconds;
      cpu += other.cpu;
    }
  }

  private void write(Path file) {
    BufferedImage image = new BufferedImage(24 + random.nextInt(9), 24, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 4; i++) {
      Color from = new Color(random.nextInt(1 << 24));
      Color to = new Color(random.nextInt(1 << 24));
      graphics.setPaint(new GradientPaint(random.nextInt(9), 0, from, 12, random.nextInt(24), to));
      graphics.fillRect(random.nextInt(20), random.nextInt(20), 12, 12);
    }
    graphics.dispose();
    try {
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(int count) {
    for (int i = 0; i < count; i++, named++) {
      Path file =
          catalogue.resolve(String.format(Locale.ROOT, "%02d/%07d.png", named % FOLDERS, named));
      write(file);
      images.add(file);
    }
  }

  private void change(int count) {
    for (int i = 0; i < count; i++) {
      write(images.get(random.nextInt(images.size())));
    }
  }

  private void remove(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.delete(images.remove(random.nextInt(images.size())));
    }
  }

  private static Map<Path, Long> files(Path store) {
    Map<Path, Long> files = new HashMap<>();
    try (Stream<Path> walk = Files.walk(store)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(file, Files.size(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** One night with its collection of garbage. */
  private Cost night(Nights nights, boolean collects) {
    Cost cost = new Cost();
    Map<Path, Long> before = files(nights.store());
    CountingFileSystem.LISTINGS.set(0);
    CountingFileSystem.STATUSES.set(0);
    CountingFileSystem.OPENED.set(0);
    long started = System.nanoTime();
    long cpu = cpuNanos();
    nights.reindex(catalogue);
    cost.seconds = (System.nanoTime() - started) / 1e9;
    cost.cpu = (cpuNanos() - cpu) / 1e9;
    cost.listings = CountingFileSystem.LISTINGS.get();
    cost.statuses = CountingFileSystem.STATUSES.get();
    cost.opened = CountingFileSystem.OPENED.get();
    files(nights.store())
        .forEach(
            (file, size) -> {
              if (!before.containsKey(file)) {
                cost.objects++;
                cost.bytes += size;
              }
            });
    cost.nights = 1;
    if (collects) {
      nights.collectGarbage();
    }
    return cost;
  }

  private static void line(String name, Cost cost, int images, Map<Path, Long> store) {
    double n = cost.nights;
    OUT.printf(
        Locale.ROOT,
        "%-6s %7d %9.0f %9.0f %9.0f %9.0f %9.2f %9.2f %9.2f %9d %9.1f%n",
        name,
        images,
        cost.objects / n,
        cost.listings / n,
        cost.statuses / n,
        cost.opened / n,
        cost.bytes / n / 1e6,
        cost.seconds / n,
        cost.cpu / n,
        store.size(),
        store.values().stream().mapToLong(Long::longValue).sum() / 1e6);
  }

  @Test
  void aYearOfNights(@TempDir Path folder) throws IOException {
    catalogue = folder.resolve("catalogue");
    add(IMAGES);
    Nights nights = new Nights(folder, "store", KeyHash.SHA_256);
    nights.set("index.shards", 2).set("unit.images", 4096);
    CountingFileSystem.use(nights.store());
    nights.reindex(catalogue);
    OUT.printf(
        "%n%-6s %7s %9s %9s %9s %9s %9s %9s %9s %9s %9s%n",
        "month",
        "images",
        "objects",
        "listings",
        "statuses",
        "opened",
        "MB",
        "s",
        "CPU s",
        "files",
        "store MB");
    Cost month = new Cost();
    for (int night = 1; night <= NIGHTS; night++) {
      remove(IMAGES / 200);
      change(IMAGES / 200);
      add(IMAGES / 100);
      month.add(night(nights, night % 7 == 0));
      if (night % MONTH == 0 || night == NIGHTS) {
        line(
            Integer.toString((night + MONTH - 1) / MONTH),
            month,
            images.size(),
            files(nights.store()));
        month = new Cost();
      }
    }
    assertThat(nights.verify()).contains("all is well");
    Nights fresh = new Nights(folder, "fresh", KeyHash.SHA_256);
    fresh.set("index.shards", 2).set("unit.images", 4096).fromNothing(nights, catalogue);
    assertThat(nights.shards()).hasSize(2).isEqualTo(fresh.shards());
    OUT.printf("the shards are those of a store made from nothing on the last catalogue%n");
  }
}
