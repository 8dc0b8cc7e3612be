package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.upkeep.gc.GarbageCollection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "gc",
    description = {
      "Tells what nothing needs any more, and deletes it with --delete.",
      "That is what no kept generation needs, and what killed runs left behind. What is "
          + "young, or belongs to a run at work, is never touched.",
      ""
    })
final class GcCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--delete", description = "Delete it. Without, nothing is changed.")
  private boolean delete;

  @Option(names = "--list", description = "Print the path of every file that goes.")
  private boolean list;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = "Touch nothing younger, such as 7d or 12h. Setting: gc.grace.")
  private String grace;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "Generations to keep that were live before the live one. Setting: gc.keep-generations.")
  private Integer keep;

  @Override
  public Integer call() {
    common.with("gc.grace", grace).with("gc.keep-generations", keep);
    try (JobContext context = common.open("gc")) {
      new GarbageCollection(
              context,
              delete ? GarbageCollection.Mode.DELETE : GarbageCollection.Mode.LOOK,
              list ? GarbageCollection.Detail.PATHS : GarbageCollection.Detail.SUMMARY)
          .execute();
      return 0;
    }
  }
}
