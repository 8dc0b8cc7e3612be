package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** What every implementation promises, on a real file system of its kind. */
abstract class AtomicCreateContract {
  private static final int WRITERS = 8;
  private static final int CONTENT_BYTES = 20_000;

  abstract FileSystem fileSystem();

  /** A root of the test's own. */
  abstract Path root();

  abstract AtomicCreate atomic();

  abstract int rounds();

  @Test
  void createsTheFileAndItsFoldersAndSaysSo() throws IOException {
    Path path = new Path(root(), "a/b/c.json");

    boolean created = atomic().create(path, ByteSource.of(bytes(1)), () -> {});

    assertThat(created).isTrue();
    assertThat(read(path)).isEqualTo(bytes(1));
    assertThat(fileSystem().listStatus(path.getParent())).hasSize(1);
  }

  @Test
  void leavesAFileThatExistsAsItIs() throws IOException {
    Path path = new Path(root(), "there.json");
    atomic().create(path, ByteSource.of(bytes(1)), () -> {});

    boolean created = atomic().create(path, ByteSource.of(bytes(2)), () -> {});

    assertThat(created).isFalse();
    assertThat(read(path)).isEqualTo(bytes(1));
    assertThat(fileSystem().listStatus(root())).hasSize(1);
  }

  @Test
  void showsNothingBeforeTheDecidingStep() throws IOException {
    Path path = new Path(root(), "late.json");

    atomic().create(path, ByteSource.of(bytes(1)), () -> assertThat(readIfThere(path)).isNull());

    assertThat(read(path)).isEqualTo(bytes(1));
  }

  @Test
  void letsOneOfEightRacingWritersWinAndShowsReadersOnlyWholeContents() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 1);
    try {
      for (int round = 0; round < rounds(); round++) {
        race(pool, new Path(root(), "race/" + round));
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(fileSystem().listStatus(new Path(root(), "race"))).hasSize(rounds());
  }

  private void race(ExecutorService pool, Path path) throws Exception {
    CyclicBarrier start = new CyclicBarrier(WRITERS + 1);
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      byte[] content = bytes(i);
      writers.add(
          () -> {
            start.await();
            return atomic().create(path, ByteSource.of(content), () -> {});
          });
    }
    Future<byte[]> reader =
        pool.submit(
            () -> {
              start.await();
              byte[] seen = readIfThere(path);
              while (seen == null) {
                seen = readIfThere(path);
              }
              return seen;
            });
    List<Integer> winners = new ArrayList<>();
    List<Future<Boolean>> created = writers.stream().map(pool::submit).toList();
    for (int i = 0; i < WRITERS; i++) {
      if (created.get(i).get()) {
        winners.add(i);
      }
    }
    assertThat(winners).as("winners of %s", path).hasSize(1);
    assertThat(read(path)).as("content of %s", path).isEqualTo(bytes(winners.get(0)));
    assertThat(reader.get()).as("first seen of %s", path).isEqualTo(bytes(winners.get(0)));
  }

  @Test
  void leavesNothingWhenTheContentFailsHalfWay() throws IOException {
    Path path = new Path(root(), "failed.json");
    ByteSource failing =
        () ->
            new SequenceInputStream(
                new ByteArrayInputStream(bytes(1), 0, CONTENT_BYTES / 2), new FullDisk());

    assertThatThrownBy(() -> atomic().create(path, failing, () -> {}))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("failed.json")
        .hasMessageContaining("no space is left");

    assertThat(fileSystem().listStatus(root())).isEmpty();
    assertThat(atomic().create(path, ByteSource.of(bytes(2)), () -> {})).isTrue();
  }

  @Test
  void leavesNothingWhenStoppedBeforeTheDecidingStep() throws IOException {
    Path path = new Path(root(), "stopped.json");
    Runnable stop =
        () -> {
          throw new IllegalStateException("stop");
        };

    assertThatThrownBy(() -> atomic().create(path, ByteSource.of(bytes(1)), stop))
        .isInstanceOf(IllegalStateException.class);

    assertThat(readIfThere(path)).isNull();
    assertThat(atomic().create(path, ByteSource.of(bytes(2)), () -> {})).isTrue();
  }

  static byte[] bytes(int writer) {
    byte[] bytes = new byte[CONTENT_BYTES];
    Arrays.fill(bytes, (byte) ('a' + writer));
    return bytes;
  }

  byte[] read(Path path) throws IOException {
    try (InputStream in = fileSystem().open(path)) {
      return in.readAllBytes();
    }
  }

  private byte[] readIfThere(Path path) {
    try {
      return read(path);
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class FullDisk extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return read();
    }
  }
}
