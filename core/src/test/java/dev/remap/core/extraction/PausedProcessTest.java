package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.extraction.BatchDescriber.OutOfMemory;
import dev.remap.core.extraction.Fakes.FakeNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process that is really frozen, for longer than a decode may take. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class PausedProcessTest {
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofMillis(1500);

  @Test
  void anImageThatIsDecodedWhileItsProcessIsFrozenIsDescribed() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Extracting.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("decoding");
      signal("STOP", process);
      // The pause itself: nothing in the frozen process could end it.
      assertThat(process.waitFor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
      signal("CONT", process);
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      assertThat(out.readLine()).startsWith("Described");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  /** Decodes one image, until it is told that it has its pixels. */
  static final class Extracting {
    public static void main(String[] args) throws InterruptedException {
      ExtractorSettings settings =
          new ExtractorSettings(1, 1, 1, 1 << 20, DEADLINE, DEADLINE, new DecodeMemory(100));
      Preprocessor preparer =
          encoded -> {
            System.out.println("decoding");
            await();
            return Fakes.prepare(encoded);
          };
      try (Extractor extractor =
          new Extractor(Fakes.SPEC, settings, new FakeNetwork(), preparer, OutOfMemory.FAIL)) {
        extractor.extract(List.of(Fakes.image(1)).iterator(), System.out::println);
      }
    }

    private static void await() {
      try {
        System.in.read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
