-- The words of the lifelike incidents, by language and rank: everyday ones first, then 200,000 names of products. A word of rank k is drawn with
-- a chance in proportion to 1/k, as in real text (Zipf), so a search can match one incident in ten, or one in 100,000.
create temporary table seed_words as
select german, k, case
  when k > 105 then (array['Nord', 'Alpha', 'Delta', 'Feld', 'Hansa', 'Iris', 'Karo', 'Lumen', 'Merk', 'Nova', 'Opti', 'Prima', 'Quanta',
                'Rhein', 'Sol', 'Terra', 'Uni', 'Vita', 'West', 'Zeta', 'Blau', 'Chrom', 'Duo', 'Echo', 'Ferro', 'Gamma', 'Hydro',
                'Inno', 'Jupi', 'Kom', 'Lino', 'Mono', 'Neo', 'Omni', 'Pico', 'Quer', 'Robo', 'Sina', 'Tele', 'Ultra', 'Vario',
                'Werk', 'Xeno', 'Ypsi', 'Zentra', 'Argo', 'Bio', 'Cyber', 'Dyna', 'Elektro', 'Flex', 'Geo', 'Helio', 'Info',
                'Jet', 'Kine', 'Logi', 'Mikro', 'Netto', 'Orbi', 'Para', 'Reso', 'Syn', 'Trans'])[1 + k % 64]
    || (array['dat', 'form', 'graph', 'log', 'mat', 'nav', 'plan', 'port', 'rech', 'scan', 'sign', 'stat', 'tab', 'text',
                'track', 'val', 'web', 'zeit', 'ablage', 'beleg', 'fahr', 'gas', 'kasse', 'last', 'mess', 'norm', 'post', 'reise',
                'schicht', 'test', 'uhr', 'wage', 'zoll', 'bau', 'dienst', 'eich', 'frei', 'gut', 'holz', 'kern', 'lohn', 'markt',
                'not', 'ofen', 'pass', 'raum', 'satz', 'tor', 'umsatz', 'vor', 'wert', 'ziel', 'brief', 'druck', 'etat', 'form3',
                'gleis', 'hof', 'index', 'kanal', 'lager', 'motor'])[1 + k / 64 % 62]
    || (array['box', 'center', 'desk', 'edge', 'flow', 'gate', 'hub', 'item', 'jet', 'kit', 'link', 'mobil', 'net', 'office',
                'pro', 'quick', 'base', 'suite', 'tool', 'unit', 'view', 'work', 'zone', 'app', 'bot', 'cast', 'data', 'engine',
                'frame', 'grid', 'host', 'image', 'job', 'key', 'line', 'mail', 'node', 'pad', 'queue', 'room', 'sync', 'tape',
                'user', 'vault', 'wire', 'amt', 'bund', 'code', 'dock', 'exakt', 'form', 'global', 'heft', 'ident', 'kurs',
                'limit', 'modul', 'netz', 'objekt', 'paket', 'quell', 'regel', 'serie'])[1 + k / 3968 % 63]
  when german then (array['Drucker', 'Rechner', 'Server', 'Netzwerk', 'Passwort', 'Anmeldung', 'Bildschirm', 'Laptop', 'Postfach',
                'Kalender', 'Besprechung', 'Rechnung', 'Bestellung', 'Lieferung', 'Tastatur', 'Maus', 'Kabel', 'Dockingstation',
                'Telefon', 'Headset', 'Kamera', 'Freigabe', 'Ordner', 'Datei', 'Laufwerk', 'Berechtigung', 'Konto', 'Zugang',
                'Lizenz', 'Treiber', 'Update', 'Neustart', 'Fehler', 'Meldung', 'Absturz', 'Verbindung', 'Leitung', 'Router',
                'Switch', 'Firewall', 'Zertifikat', 'Browser', 'Lesezeichen', 'Formular', 'Bericht', 'Auswertung', 'Tabelle',
                'Vorlage', 'Makro', 'Schrift', 'Farbe', 'Papier', 'Toner', 'Scanner', 'Etikett', 'Lager', 'Artikel', 'Kunde',
                'Lieferant', 'Vertrag', 'Mahnung', 'Buchung', 'Beleg', 'Kasse', 'Filiale', 'Standort', 'Gebäude', 'Etage', 'Raum',
                'Schlüssel', 'Karte', 'Leser', 'Sensor', 'Alarm', 'Protokoll', 'Sicherung', 'Wiederherstellung', 'Archiv',
                'Datenbank', 'Abfrage', 'Schnittstelle', 'Dienst', 'Aufgabe', 'Prozess', 'Speicher', 'Festplatte', 'Akku',
                'Netzteil', 'Lüfter', 'Gehäuse', 'Monitor', 'Beamer', 'Leinwand', 'Mikrofon', 'Lautsprecher', 'Konferenz',
                'Einladung', 'Signatur', 'Anhang', 'Verteiler', 'Weiterleitung', 'Abwesenheit', 'Vertretung', 'Urlaub',
                'Zeiterfassung'])[k]
  else (array['printer', 'computer', 'server', 'network', 'password', 'login', 'screen', 'laptop', 'mailbox', 'calendar',
                'meeting', 'invoice', 'order', 'delivery', 'keyboard', 'mouse', 'cable', 'dock', 'phone', 'headset', 'camera',
                'share', 'folder', 'file', 'drive', 'permission', 'account', 'access', 'licence', 'driver', 'update', 'restart',
                'error', 'message', 'crash', 'connection', 'line', 'router', 'switch', 'firewall', 'certificate', 'browser',
                'bookmark', 'form', 'report', 'analysis', 'spreadsheet', 'template', 'macro', 'font', 'colour', 'paper', 'toner',
                'scanner', 'label', 'warehouse', 'article', 'customer', 'supplier', 'contract', 'reminder', 'booking', 'receipt',
                'till', 'branch', 'site', 'building', 'floor', 'room', 'key', 'card', 'reader', 'sensor', 'alarm', 'log',
                'backup', 'restore', 'archive', 'database', 'query', 'interface', 'service', 'task', 'process', 'memory', 'disk',
                'battery', 'adapter', 'fan', 'case', 'monitor', 'projector', 'canvas', 'microphone', 'speaker', 'conference',
                'invitation', 'signature', 'attachment', 'list', 'forwarding', 'absence', 'deputy', 'holiday', 'timesheet'])[k] end as word
from generate_series(1, 200000) as k, (values (true), (false)) as language(german);
create index on seed_words (german, k);
analyze seed_words
