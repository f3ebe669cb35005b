package examples;

import cn.minzheng.Assessment;
import cn.minzheng.Engine;
import cn.minzheng.Household;
import cn.minzheng.Lang;
import cn.minzheng.Minzheng;
import cn.minzheng.MinzhengException;
import cn.minzheng.Money;
import cn.minzheng.ProgrammeOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;

/** A server in Java: one engine for all requests, a household file in, verdicts out. */
public final class FromJava {
    private FromJava() {}

    public static void main(String[] args) throws Exception {
        try (Engine engine = new Engine()) {
            for (String file : args) {
                System.out.print(answer(engine, new String(Files.readAllBytes(Paths.get(file)), StandardCharsets.UTF_8)));
            }
        }
    }

    /** One line for every programme, or the line that says why the household was refused. */
    public static String answer(Engine engine, String toml) {
        StringBuilder out = new StringBuilder();
        try (Household household = Household.Companion.fromToml(toml)) {
            Assessment assessment = engine.assess(household);
            for (ProgrammeOutcome programme : assessment.getProgrammes()) {
                out.append(programme.getId()).append(' ').append(programme.getVerdict());
                Money amount = programme.getAmount() == null ? null : Minzheng.getMoney(programme.getAmount());
                if (amount != null) {
                    out.append(' ').append(Minzheng.getYuan(amount));
                }
                out.append('\n');
            }
        } catch (MinzhengException refused) {
            out.append(Minzheng.getErrorCode(refused)).append(": ").append(Minzheng.text(refused, Lang.ZH)).append('\n');
        }
        return out.toString();
    }
}
