package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes pages about images whose ids are anything but names, and all those ids, for {@code
 * bin/check-report --hostile} to open in a browser; not run by {@code bin/test}.
 */
class ReportPagesDrill {
  private static final long SEED = 20270406;

  /** What ends in a slash is a folder, which is a group's name, too. */
  private static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>.jpg",
          "<img src=x onerror=alert(1)>.jpg",
          "<!--.jpg",
          "\"quoted\" & 'so' &lt;.jpg",
          "\" onmouseover=\"alert(1).jpg",
          "{{store}}{{>style.mustache}}.jpg",
          "\uD83D\uDC69\u200D\uD83D\uDC67 \uD83D\uDC08.jpg",
          "\u05D7\u05EA\u05D5\u05DC \u05D5\u05DB\u05DC\u05D1.jpg",
          "\u202Egpj.elif \u0645\u0631\u062D\u0628\u0627.jpg",
          "y".repeat(80) + "/" + "x".repeat(240) + ".jpg",
          "\uD83D\uDC08".repeat(60) + ".jpg");

  private static final List<String> GROUPS = List.of("g0", "</bdi><b>\"\uD83D\uDC08\u05D7'&");

  @Test
  void pages(@TempDir Path folder) throws IOException {
    LocalSpark.use("local[2]");
    Path pages = Files.createDirectories(Path.of("target/check-report").toAbsolutePath());
    Path catalogue = folder.resolve("catalogue");
    Random random = new Random(SEED);
    List<String> ids = new ArrayList<>();
    for (String group : GROUPS) {
      for (String name : HOSTILE) {
        Path file = catalogue.resolve(group).resolve(name);
        Files.createDirectories(file.getParent());
        Pictures.write(file, random, Pictures.LONG, Pictures.SHORT);
        ids.add(group + "/" + name);
      }
    }
    Remap remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"))
            .set("dedup.max-group-ratio", 1)
            .set("index.name", "hostile");
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    remap.succeed("evaluate", "--groups", ".");
    String run = FiveNights.list(remap, "evaluations").get(0);
    remap.succeed("evaluate", "--groups", ".", "--nprobe", "1", "--against", run);
    remap.succeed("knn", "-k", "3");
    remap.succeed("dedup", "--threshold", "0.99");
    remap.succeed("tune", "-k", "2", "--copies", "5");

    remap.succeed("report", "--out", pages.resolve("report.html").toString());
    remap.succeed(
        "report", "--no-pictures", "--out", pages.resolve("report-of-ids.html").toString());
    remap.succeed(
        "search",
        "--image",
        catalogue.resolve(GROUPS.get(1)).toString(),
        "-k",
        Integer.toString(ids.size()),
        "--nprobe",
        "99",
        "--html",
        pages.resolve("hits.html").toString());
    // The page of hits has them all.
    Files.write(pages.resolve("hits.html.ids"), new ObjectMapper().writeValueAsBytes(ids));
    assertThat(ids).doesNotHaveDuplicates().hasSize(HOSTILE.size() * GROUPS.size());
  }
}
