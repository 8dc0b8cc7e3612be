package dev.remap.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.LocalPaths;
import dev.remap.jobs.demo.DemoPhotographs;
import dev.remap.jobs.evaluate.EvaluateCopiesJob;
import dev.remap.jobs.evaluate.EvaluateGroupsJob;
import dev.remap.jobs.night.FreshWhitening;
import dev.remap.jobs.report.Report;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.quantize.QuantizeJob;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.IndexInputs;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "Takes real photographs through every stage on this machine.",
      "They are about 300 from two Debian packages (140 MB, downloaded and unpacked, not "
          + "installed), or a folder of yours. A checkout keeps them and the store in "
          + "jobs/target/demo, a release in ./remap-demo; each folder of yours has a store of its "
          + "own there.",
      ""
    })
final class DemoCommand implements Callable<Integer> {
  private static final int COPIES = 30;

  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      description = "Your own photographs, at least 100, instead of the downloaded ones.")
  private Path images;

  private final List<List<String>> times = new ArrayList<>(List.of(List.of("stage", "time")));

  @Override
  public Integer call() {
    backbone.over(common);
    if (common.hasProfile()) {
      throw new InputException(
          "demo has a store and settings of its own: leave out --profile, and unset REMAP_PROFILE");
    }
    if (!common.settings().string("catalogue.uri").isBlank()) {
      throw new InputException(
          "catalogue.uri has no effect here: give your photographs as --images FOLDER");
    }
    if (images != null && !Files.isDirectory(images)) {
      throw new InputException("%s is no folder: check --images", images);
    }
    Path home = Path.of(System.getenv().getOrDefault("REMAP_HOME", ".")).toAbsolutePath();
    // An installation may be another user's, and read-only.
    Path work =
        Files.exists(home.resolve("jobs/pom.xml"))
            ? home.resolve("jobs/target/demo")
            : Path.of("remap-demo").toAbsolutePath();
    Path catalogue = images == null ? photographs(home, work) : absolute(images);
    Path results = images == null ? work : work.resolve(ofItsOwn(catalogue));
    common
        .withDefaultStore("file:" + results.resolve("store"))
        .withDefault("index.name", "demo")
        .with("catalogue.uri", "file:" + catalogue);
    try (JobContext context = common.create("demo")) {
      timed("snapshot", () -> new SnapshotJob(context).execute());
      timed("extract", () -> extract(context));
      timed("whiten", () -> FreshWhitening.fit(context, Descriptors.choose(context, null)));
      timed(
          "quantize",
          () -> new QuantizeJob(context, Vectors.choose(context, null, null)).execute());
      timed("build", () -> new BuildJob(context, IndexInputs.choose(context, null)).execute());
      timed("publish", () -> publish(context));
      timed("evaluate", () -> evaluate(context));
      Path page = made(results).resolve("report.html");
      timed("report", () -> new Report(context, page).execute());
      summary(context, catalogue);
      common.console().say("\nLook at it: file://%s", page);
    }
    return 0;
  }

  /** In a store of others' photographs all of these would be gone, which a snapshot refuses. */
  private static String ofItsOwn(Path photographs) {
    return "images-" + Sha256.hex(photographs.toString().getBytes(UTF_8)).substring(0, 8);
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(
          "%s cannot be made for the page (%s): start it where you may write", folder, e);
    }
  }

  private static void extract(JobContext context) {
    new ExtractJob(context, new Snapshots(context.store()).choose(context, null)).execute();
  }

  private static void publish(JobContext context) {
    Generation newest = Generation.choose(context, null);
    new PublishJob(context, newest, PublishJob.Purpose.NEWEST).execute();
  }

  private void evaluate(JobContext context) {
    Generation generation = Generation.choose(context, null);
    new EvaluateCopiesJob(context, generation, COPIES).execute();
    if (images == null) {
      new EvaluateGroupsJob(context, generation, "pairs").execute();
    }
  }

  private static Path absolute(Path images) {
    return Path.of(LocalPaths.absolute(images.toString(), "file:///", Path.of("")));
  }

  private void summary(JobContext context, Path catalogue) {
    common.console().say("");
    new StatusPrinter(context, StatusPrinter.Detail.SUMMARY).execute();
    common.console().say("");
    common.console().table(times);
    common.console().say("\nTry next:");
    common.console().say("  bin/%s", context.line("search").with("--image", anImage(catalogue)));
    common.console().say("  bin/%s", context.line("status"));
    common.console().say("  bin/%s", context.line("files").with("--table", "vectors"));
  }

  private static Path anImage(Path catalogue) {
    try (var files = Files.walk(catalogue)) {
      return files
          .filter(file -> file.toString().matches("(?i).*\\.(jpe?g|png|webp)"))
          .sorted()
          .findFirst()
          .orElse(catalogue);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void timed(String stage, Runnable job) {
    long start = System.nanoTime();
    job.run();
    times.add(List.of(stage, Console.seconds((System.nanoTime() - start) / 1e9)));
  }

  /** Downloads the two packages once, and writes their photographs as a folder of image files. */
  private Path photographs(Path home, Path work) {
    Path fetched = work.resolve("fetched");
    Path photographs = work.resolve("photographs");
    try {
      Files.createDirectories(work);
      long start = System.nanoTime();
      Process fetch =
          new ProcessBuilder(
                  home.resolve("bin/fetch-demo-photographs").toString(), fetched.toString())
              .inheritIO()
              .start();
      if (fetch.waitFor() != 0) {
        throw new JobFailedException(
            "The photographs could not be fetched (see above): mend that, or use --images FOLDER");
      }
      var unpacked = DemoPhotographs.unpack(fetched.resolve("raw"), photographs);
      common
          .console()
          .say(
              "%,d photographs from the Debian packages gcompris-qt-data and opencv-doc in %s",
              unpacked.photographs().size(), photographs);
      times.add(List.of("photographs", Console.seconds((System.nanoTime() - start) / 1e9)));
      return photographs;
    } catch (IOException e) {
      throw new InputException(
          "The photographs could not be unpacked in %s: %s. Free some space or use --images FOLDER",
          work, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobFailedException("Interrupted while the photographs were fetched");
    }
  }
}
