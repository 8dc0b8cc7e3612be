package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.quantize.QuantizeJob;
import dev.remap.jobs.stage.quantize.WarmStart;
import dev.remap.jobs.table.Vectors;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "quantize",
    description = {
      "Trains the quantizer on a sample of the vectors.",
      "That is coarse centroids and product quantizer.",
      ""
    })
final class QuantizeCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Option(
      names = "--spec",
      paramLabel = "FACTORY",
      description = "For example IVF4096,PQ32x8np; auto chooses one. Setting: quantizer.spec.")
  private String spec;

  @Option(
      names = "--whitening",
      paramLabel = "ID",
      description = "The whitening whose vectors are meant, where there are several.")
  private String whitening;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description = "Number of the snapshot whose vectors are meant; the newest by default.")
  private Integer snapshot;

  @Option(
      names = "--start",
      paramLabel = "ID",
      description =
          "Begin with the centroids and codes of this quantizer, of the same vectors' whitening and"
              + " of the same kind, instead of drawing them: a few iterations are enough then.")
  private String start;

  @Override
  public Integer call() {
    backbone.over(common);
    common.with("quantizer.spec", spec);
    try (JobContext context = common.open("quantize")) {
      Vectors vectors = Vectors.choose(context, whitening, snapshot);
      Optional<WarmStart> from =
          Optional.ofNullable(start).map(id -> WarmStart.require(context, vectors, id));
      new QuantizeJob(context, vectors, from).execute();
      return 0;
    }
  }
}
