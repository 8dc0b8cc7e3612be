package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.S3Front;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A night on an S3 server that fails in the middle of it. Many more, on a cluster and with other
 * faults, are {@code bin/chaos}'s.
 */
class BadS3NightTest {
  private static final long SEED = 20261128;

  /** What such a server answers. */
  private enum Answer {
    FAILED(500),
    BUSY(503),
    /** That something is there which is not. */
    REFUSED(412);

    private final int status;

    Answer(int status) {
      this.status = status;
    }
  }

  /** Answers a tenth of all requests wrongly, from some moment on, while it is switched on. */
  private static final class Fault implements S3Front.Fault {
    /** Behind the look at the store with which a command begins. */
    private static final int FIRST = 40;

    private static final double SHARE = 0.1;

    private final Random random = new Random(SEED);
    private final Map<Answer, Integer> given = new EnumMap<>(Answer.class);
    private boolean isOn;
    private int met;

    @Override
    public synchronized int meet(String method, String path, Headers headers) {
      if (!isOn || ++met < FIRST || random.nextDouble() > SHARE) {
        return 0;
      }
      boolean isConditional = method.equals("PUT") && headers.containsKey("If-None-Match");
      Answer other = given.containsKey(Answer.FAILED) ? Answer.BUSY : Answer.FAILED;
      Answer answer = isConditional ? Answer.REFUSED : other;
      given.merge(answer, 1, Integer::sum);
      return answer.status;
    }

    synchronized void turn(boolean on) {
      isOn = on;
      met = 0;
    }
  }

  private Path folder;
  private Path catalogue;

  private Remap settings(Path store) {
    return DrillStore.settings(new Remap(store), folder.resolve("backbone"))
        .set("catalogue.uri", catalogue)
        .set("publish.copies", 0);
  }

  @Test
  void anotherNightMakesWhatAnUndisturbedOneDoes(@TempDir Path temporary) throws Exception {
    LocalSpark.use("local[2]");
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, SEED);
    Remap local = settings(folder.resolve("store"));
    local.succeed("reindex");
    Fault fault = new Fault();
    try (Bucket bucket = new Bucket(folder.resolve("s3"), fault)) {
      bucket.upload(local.store());
      Pictures.write(catalogue.resolve("new.jpg"), new Random(SEED), Pictures.LONG, Pictures.SHORT);
      Files.delete(catalogue.resolve("g00/p001.jpg"));

      fault.turn(true);
      Remap.Ran disturbed = on(bucket, local, "reindex");
      fault.turn(false);
      Remap.Ran next = on(bucket, local, "reindex");

      assertThat(fault.given).as("%s", disturbed).isNotEmpty();
      if (disturbed.status() != 0) {
        disturbed.assertRefused(1);
      }
      assertThat(next.status()).as("%s after %s", next, disturbed).isZero();
      assertThat(on(bucket, local, "verify").out()).contains("all is well");
      local.succeed("reindex");
      assertThat(shards(on(bucket, local, "files", "--table", "shards")))
          .isEqualTo(shards(local.succeed("files", "--table", "shards")))
          .hasSize(2);
    }
  }

  /** A command with the local one's settings, on the bucket. */
  private static Remap.Ran on(Bucket bucket, Remap local, String command, String... options) {
    List<String> line = local.arguments(command, options);
    return Remap.line(
        line.stream()
            .map(word -> word.equals(local.store().toUri().toString()) ? bucket.root() + "" : word)
            .toArray(String[]::new));
  }

  /** Names, which carry the digest of the content. */
  private static List<String> shards(Remap.Ran files) {
    return files.out().lines().map(line -> line.replaceFirst(".*/", "")).toList();
  }
}
